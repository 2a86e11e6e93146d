"""Conventions that hold for every page, every check and every module, each as a test."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest

import cnnlint
import cnnlint.checks
import cnnlint.knowledge
from cnnlint.confirm.proofs import LEVELS, proof
from cnnlint.rulebook.index import index
from cnnlint.rulebook.pages import Page
from cnnlint.rulebook.where import fact_class, known_names
from tests.blocks import Case, cases, lint, pages

ROOT = Path(__file__).resolve().parents[1]
CHECKS = sorted((ROOT / "cnnlint" / "checks").glob("*.py"))
MODULES = sorted((ROOT / "cnnlint").rglob("*.py"))
LONGEST_MESSAGE = 160
LONGEST_FILE = 400

ruled = [page for page in pages() if page.check or page.where]
checked = [page for page in ruled if page.check]


def titled(page: Page) -> str:
    return page.code


def public_functions() -> set[str]:
    """The dotted names of all functions that the check modules offer."""
    names = set()
    for module in iter_modules(cnnlint.checks.__path__, "cnnlint.checks."):
        loaded = import_module(module.name)
        if module.name != "cnnlint.checks.flags":
            names |= {
                f"{module.name}.{name}"
                for name, value in vars(loaded).items()
                if inspect.isfunction(value) and value.__module__ == module.name and not name.startswith("_")
            }
    return names


def proposes_fixes(check: str) -> bool:
    """Whether a check, or what it calls of its own module, gives a flag a fix."""
    module, _, name = check.rpartition(".")
    tree = ast.parse(Path(str(import_module(module).__file__)).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    pending = [name]
    seen: set[str] = set()
    while pending:
        nodes = [*ast.walk(functions[pending.pop()])]
        if any(isinstance(node, ast.keyword) and node.arg == "fix" for node in nodes):
            return True
        called = {node.id for node in nodes if isinstance(node, ast.Name)} & {*functions} - seen
        seen |= called
        pending += called
    return False


# Pages and checks belong to each other.
def test_every_check_has_a_page_and_every_page_its_check() -> None:
    assert public_functions() == {page.check for page in checked}


@pytest.mark.parametrize("page", checked, ids=titled)
def test_a_check_is_called_as_its_page(page: Page) -> None:
    assert page.check.rpartition(".")[2] == page.name.replace("-", "_")


@pytest.mark.parametrize("page", checked, ids=titled)
def test_the_parameters_of_a_page_are_the_keyword_only_arguments_of_its_check(page: Page) -> None:
    module, _, name = page.check.rpartition(".")
    signature = inspect.signature(getattr(import_module(module), name))
    positional = [each for each in signature.parameters.values() if each.kind is not each.KEYWORD_ONLY]
    keywords = {each.name for each in signature.parameters.values() if each.kind is each.KEYWORD_ONLY}
    assert len(positional) == 1
    assert keywords == set(page.parameters)


@pytest.mark.parametrize("page", checked, ids=titled)
def test_a_page_shows_what_is_fixed_if_its_check_proposes_fixes(page: Page) -> None:
    shown = any(block.kind == "fixed" for block in page.blocks)
    assert shown == proposes_fixes(page.check)


@pytest.mark.parametrize("page", [page for page in ruled if page.where], ids=titled)
def test_a_condition_asks_only_what_its_facts_may_know(page: Page) -> None:
    for module in walk_packages(cnnlint.knowledge.__path__, "cnnlint.knowledge."):
        import_module(module.name)
    tree = ast.parse(page.where.strip(), mode="eval")
    asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert asked <= known_names(fact_class(page.each)) | set(page.parameters)


def test_codes_and_names_old_and_new_are_used_once() -> None:
    used = Counter(key for page in pages() for key in (page.code, page.name, *page.formerly))
    assert [key for key, count in used.items() if count > 1] == []


# Pages teach.
@pytest.mark.parametrize("page", ruled, ids=titled)
def test_a_page_says_how_its_rule_did_on_real_code(page: Page) -> None:
    assert page.measured.startswith("corpus ") or page.set == "preview"


@pytest.mark.parametrize("page", ruled, ids=titled)
def test_a_page_shows_three_shapes_of_the_fault_and_code_without_it(page: Page) -> None:
    kinds = Counter(block.kind for block in page.blocks)
    assert kinds["bad"] >= 3
    assert kinds["good"] >= 1


@pytest.mark.parametrize("page", ruled, ids=titled)
def test_every_good_block_of_a_page_says_in_its_title_why_it_is_good(page: Page) -> None:
    assert all(block.title for block in page.blocks if block.kind == "good")


@pytest.mark.parametrize("page", pages(), ids=titled)
def test_a_page_explains_itself_and_names_sources_a_reader_can_open(page: Page) -> None:
    assert page.summary
    assert page.sources or page not in ruled
    assert all("https://" in source for source in page.sources)


@pytest.mark.parametrize("page", ruled, ids=titled)
def test_a_rule_that_offers_a_fix_shows_it(page: Page) -> None:
    own = [case for case in cases("bad") if case.page is page]
    offers = any(found.fix for case in own for found in lint(case) if found.code == page.code)
    assert offers <= any(block.kind == "fixed" for block in page.blocks)


def test_the_index_of_the_rule_book_is_current() -> None:
    written = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    assert written == index(pages()), "run `python -m cnnlint.rulebook`"
    assert all(f"({page.code}-{page.name}.md) " in written and page.summary in written for page in pages())


# Messages.
@pytest.mark.parametrize("page", pages(), ids=titled)
def test_a_message_is_one_sentence_without_a_final_stop(page: Page) -> None:
    words = re.sub(r"`[^`]*`", "it", page.message)
    assert not re.search(r"[.!?]\s", words)
    assert not words.endswith((".", "!", "?", ";", ","))
    assert page.message.count("`") % 2 == 0
    assert not words[0].isupper() or words.split()[0].isupper() or not words.split()[0].isalpha()


@pytest.mark.parametrize("case", cases("bad"), ids=str)
def test_a_message_is_short_and_says_nothing_unknown(case: Case) -> None:
    for found in lint(case):
        assert len(found.message) <= LONGEST_MESSAGE
        assert "?" not in found.message
        assert "\n" not in found.message
        assert "``" not in found.message


# Checks ask; they never test for the unknown and never see syntax.
@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.name)
def test_a_check_module_asks_facts_and_nothing_else(path: Path) -> None:
    banned: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass" | "type" as name)):
                banned.append((node.lineno, name))
            case ast.Compare(ops=ops) if any(isinstance(op, ast.Is | ast.IsNot) for op in ops):
                banned.append((node.lineno, "is"))
            case ast.MatchClass() | ast.MatchSingleton():
                banned.append((node.lineno, "a class pattern"))
            case ast.ExceptHandler():
                banned.append((node.lineno, "except"))
            case ast.Import(names=names) if any(name.name.split(".")[0] == "libcst" for name in names):
                banned.append((node.lineno, "libcst"))
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "libcst":
                banned.append((node.lineno, "libcst"))
    assert banned == []


# Modules.
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    assert text.startswith('"""'), "the first line says what the module is"


@pytest.mark.parametrize("folder", ["tests", "benchmarks"])
def test_what_is_no_module_stays_short_too(folder: str) -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert [path for path, length in lengths.items() if length > LONGEST_FILE] == []


def test_each_floor_imports_only_from_the_floors_below_it() -> None:
    cli = pytest.importorskip("importlinter.cli")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; from {cli.__name__} import lint_imports; sys.exit(lint_imports())",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_importing_cnnlint_costs_nothing() -> None:
    program = "import sys, cnnlint; print(*{'torch', 'libcst', 'rich', 'cnnlint.facts'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_reading_the_rule_book_needs_no_parser_and_no_terminal() -> None:
    program = (
        "import sys; from cnnlint.rulebook.pages import load_pages; load_pages();"
        "print(*{'torch', 'libcst', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


# Documents.
def test_every_test_that_the_architecture_names_is_there() -> None:
    named = re.findall(
        r"`(?:tests/)?(test_\w+\.py)(?:::(test_\w+))?`", (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    )
    assert named
    for file, test in named:
        assert f"def {test or 'test_'}" in (ROOT / "tests" / file).read_text("utf-8")


@pytest.mark.parametrize("page", [page for page in pages() if page.confirm], ids=titled)
def test_every_proof_a_page_names_is_there_to_judge(page):
    for name in page.confirm:
        assert proof(name).LEVEL in LEVELS
