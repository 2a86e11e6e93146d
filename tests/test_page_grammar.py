"""The grammar of rule pages: what it accepts, and that every error names its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.config import Config, ConfigError
from cnnlint.findings import Severity
from cnnlint.rulebook.blocks import Part
from cnnlint.rulebook.index import index
from cnnlint.rulebook.pages import Page, PageError, load_pages, parse_page, read_pages

NAME = "LAB101-too-much-dropout.md"
PAGE = """\
# LAB101 too-much-dropout

```toml
severity = "warning"
set      = "default"
since    = "0.1"
measured = "corpus: 3 of 3"
each     = "Layer"
where    = "kind == 'Dropout' and p > limit"
message  = "`{name}` drops {p:.0%}"
formerly = ["dropout-too-high"]
[parameters]
limit = 0.8
```

Dropping almost everything leaves
too little to learn from. More words.

Second paragraph.

## Bad

Words between.

```python
a = 1
drop = nn.Dropout(0.9)  # LAB101
```

```python fixed
a = 1
drop = nn.Dropout(0.5)
```

## Bad: two files, two rules

```python
# file: models/net.py
drop = nn.Dropout(0.95)  # LAB101 CNN101
# file: train.py
x = 2
y = nn.Dropout(0.99)  # LAB101
```

## Good: little is dropped

```python
drop = nn.Dropout(0.1)  # a comment that stays
```

```text
loss goes down
```

```python
drop = None
```

## Sources
- [Dropout](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html)
- A second source,
  on two lines
"""


def parsed(text: str = PAGE, name: str = NAME) -> Page:
    return parse_page(name, text, "pack/" + name)


def everything(page: Page) -> None:
    assert page.blocks is not None
    assert page.sources is not None
    assert page.summary is not None


def test_the_head_says_what_the_rule_is() -> None:
    page = parsed()
    assert (page.code, page.name, page.title) == (
        "LAB101",
        "too-much-dropout",
        "LAB101 too-much-dropout",
    )
    assert (page.severity, page.set, page.since, page.measured) == (
        Severity.WARNING,
        "default",
        "0.1",
        "corpus: 3 of 3",
    )
    assert page.parameters == {"limit": 0.8}
    assert page.formerly == ("dropout-too-high",)
    assert page.placeholders == ("name", "p")
    assert page.text == PAGE
    assert page.summary == "Dropping almost everything leaves too little to learn from."


def test_blocks_are_numbered_within_their_kind_and_carry_their_markers() -> None:
    blocks = parsed().blocks
    told = [(block.kind, block.title, block.number) for block in blocks]
    assert told == [
        ("bad", "", 1),
        ("fixed", "", 1),
        ("bad", "two files, two rules", 2),
        ("good", "little is dropped", 1),
        ("good", "little is dropped", 2),
    ]
    assert blocks[0].parts == (Part("", "a = 1\ndrop = nn.Dropout(0.9)\n", frozenset({(2, "LAB101")})),)
    assert PAGE.split("\n")[blocks[0].line - 1] == "```python"
    net, train = blocks[2].parts
    assert (net.path, net.expected) == ("models/net.py", frozenset({(1, "LAB101"), (1, "CNN101")}))
    assert (train.path, train.expected) == ("train.py", frozenset({(2, "LAB101")}))
    assert blocks[3].parts[0].text == "drop = nn.Dropout(0.1)  # a comment that stays\n"


def test_sources_are_a_list() -> None:
    page = parsed()
    assert len(page.sources) == 2
    assert page.sources[1] == "A second source, on two lines"


def test_windows_newlines_read_alike() -> None:
    page = parsed(PAGE.replace("\n", "\r\n"))
    assert page.blocks == parsed().blocks


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("# LAB101 too", "# LAB102 too", 1, "first line must be `# LAB101 too-much-dropout`"),
        ("```toml", "```yaml", 1, "fenced ```toml"),
        ("\n```toml", "\nWords.\n\n```toml", 2, "the head follows the first line"),
        ('severity = "warning"', 'severity = "bad"', 4, "error, warning, info"),
        ('severity = "warning"\n', "", 3, "lacks `severity`"),
        ('set      = "default"', 'set = "main"', 5, "one of default, pedantic, preview"),
        ('since    = "0.1"', "since = 0.1", 6, "must be a string"),
        ('since    = "0.1"', "since = ", 6, "the head"),
        ('since    = "0.1"', 'sinse = "0.1"', 6, "did you mean `since`"),
        ('each     = "Layer"', 'each = "Layers"', 8, "did you mean `Layer`"),
        ('each     = "Layer"\n', "", 8, "come together"),
        ("p > limit", "max(p) > limit", 9, "may not use a call"),
        ('each     = "Layer"', 'each = "Layer"\ncheck = "a.b"', 9, "not both"),
        ("p > limit", "pp > limit", 9, "did you mean `p`"),
        ("p > limit", "p > limt", 9, "did you mean `limit`"),
        ("{p:.0%}", "{drp:.0%}", 10, "`drp` is no parameter and nothing a Layer knows"),
        ("{p:.0%}", "{nam}", 10, "did you mean `name`"),
        ("{p:.0%}", "{p", 10, "cannot be formatted"),
        ("{p:.0%}", "{p.real}", 10, "plain name"),
        ("{p:.0%}", "{0}", 10, "plain name"),
        ("{p:.0%}", "{}", 10, "plain name"),
        ("{p:.0%}", "{__class__}", 10, "plain name"),
        ("{p:.0%}", "{p!r}", 10, "and no more"),
        ("{p:.0%}", "{p:{name}}", 10, "and no more"),
        ('["dropout-too-high"]', '"dropout-too-high"', 11, "list of old names"),
        ("limit = 0.8", "limit = {a = 1}", 12, "default of `limit`"),
    ],
)
def test_a_broken_head_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in PAGE
    with pytest.raises(PageError) as caught:
        parsed(PAGE.replace(old, new, 1))
    assert told in str(caught.value)
    assert str(caught.value).startswith(f"pack/{NAME}:{line}: ")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("## Bad\n", "## Worse\n", 21, "none of Bad, Good, Sources"),
        ("## Bad\n", "", 24, "under `## Bad` or `## Good`"),
        ("```python fixed", "```python mended", 30, "python or python fixed"),
        ("drop = nn.Dropout(0.9)  # LAB101", "drop = 1", 25, "marked `# LAB101`"),
        ("drop = None\n", "drop = None  # LAB101\n", 55, "no markers"),
        ("# file: train.py", "# file: models/net.py", 40, "may not come here"),
        ("# file: train.py", "# file: ../train.py", 40, "may not come here"),
        ("# file: models/net.py", "z = 1", 40, "starts with a `# file:` line"),
        ("## Good: little is dropped", "## Sources", 45, "once and last"),
        ("- A second source,\n", "A second source,\n", 61, "Sources is a list"),
        ("drop = None\n```\n", "drop = None\n", 55, "never closed"),
        ("```python\ndrop = None\n```", "```python\n```", 55, "empty"),
    ],
)
def test_a_broken_section_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in PAGE
    page = parsed(PAGE.replace(old, new, 1))
    with pytest.raises(PageError) as caught:
        everything(page)
    assert told in str(caught.value)
    assert caught.value.line == line


def test_a_section_without_code_is_refused() -> None:
    with pytest.raises(PageError, match="has no ```python block"):
        everything(parsed(PAGE.replace("## Sources", "## Good: nothing\n\n## Sources")))


@pytest.mark.parametrize("name", ["LAB101.md", "lab101-x.md", "LAB1-x.md", "LAB101-Two Words.md"])
def test_a_page_is_called_code_and_name(name: str) -> None:
    with pytest.raises(PageError, match="a page is called"):
        parsed(name=name)


@given(st.integers(0, len(PAGE)), st.integers(0, 60), st.text("`#\n =[]\"'{}aB-:1", max_size=8))
def test_a_damaged_page_is_read_or_refused_with_a_line_in_it(start: int, length: int, new: str) -> None:
    text = PAGE[:start] + new + PAGE[start + length :]
    try:
        everything(parsed(text))
    except PageError as error:
        line = error.line
    else:
        line = 1
    assert 1 <= line <= text.count("\n") + 1


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "lint" / "rules"
    folder.mkdir(parents=True)
    (folder / NAME).write_text(PAGE, encoding="utf-8")
    (folder / "README.md").write_text("# Our rules\n", encoding="utf-8")
    return folder


def test_a_rule_pack_is_a_folder_of_pages(pack: Path, tmp_path: Path) -> None:
    pages = load_pages(Config(root=tmp_path, rule_packs=(Path("lint/rules"),)))
    assert "LAB101" in {page.code for page in pages}
    assert "LAB101" not in {page.code for page in load_pages(Config(root=tmp_path))}


def test_a_rule_pack_names_no_code_to_run(pack: Path, tmp_path: Path) -> None:
    each = """each     = "Layer"\nwhere    = "kind == 'Dropout' and p > limit"\n"""
    assert each in PAGE
    text = PAGE.replace(each, 'check = "os.getcwd"\n')
    (pack / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=rf"{NAME}:8: a rule pack is data"):
        load_pages(Config(root=tmp_path, rule_packs=(Path("lint/rules"),)))


def test_a_rule_pack_leaves_our_codes_alone(pack: Path, tmp_path: Path) -> None:
    text = (pack / NAME).read_text(encoding="utf-8").replace("# LAB101", "# CNN199")
    (pack / "CNN199-too-much-dropout.md").write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match="the prefix CNN is taken"):
        load_pages(Config(root=tmp_path, rule_packs=(Path("lint/rules"),)))


def test_two_rules_of_one_name_are_refused(pack: Path, tmp_path: Path) -> None:
    text = PAGE.replace("# LAB101", "# LAB102").replace('"dropout-too-high"', "")
    (pack / "LAB102-too-much-dropout.md").write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=r"`too-much-dropout` is already taken by .*LAB101"):
        load_pages(Config(root=tmp_path, rule_packs=(Path("lint/rules"),)))


def test_a_pack_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no folder"):
        load_pages(Config(root=tmp_path, rule_packs=(Path("nowhere"),)))


def test_a_page_that_is_no_text_is_refused(pack: Path) -> None:
    (pack / NAME).write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(PageError, match="cannot be read"):
        list(read_pages(pack))


def test_a_plugin_must_be_installed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing installed offers rules called `nobody`"):
        load_pages(Config(plugins=("nobody",)))


def test_a_plugin_brings_the_pages_beside_its_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lab_rules"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / NAME).write_text(PAGE, encoding="utf-8")
    info = tmp_path / "lab_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-rules\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[cnnlint.rules]\nlab = lab_rules\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "LAB101" in {page.code for page in load_pages(Config(plugins=("lab",)))}
    assert "LAB101" not in {page.code for page in load_pages(Config())}
    with pytest.raises(ConfigError, match="did you mean `lab`"):
        load_pages(Config(plugins=("lap",)))


def test_the_index_has_a_row_for_each_page() -> None:
    text = PAGE.replace("LAB101", "CNN501")
    page = parse_page("CNN501-too-much-dropout.md", text)
    why = "Dropping almost everything leaves too little to learn from."
    row = f"| [CNN501 too-much-dropout](CNN501-too-much-dropout.md) | warning | default | {why} |"
    assert row in index([page]).splitlines()
    assert "## Architecture" in index([page])
