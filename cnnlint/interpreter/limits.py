"""How far the interpreter goes before it says Unknown. Reaching one is reported as CNN905 under -v."""

#: Expressions and statements followed for one file, imports included.
STEPS = 250_000
#: Expressions and statements followed from one entry (a script, or a function nobody calls).
STEPS_PER_ENTRY = 100_000
#: Expressions and statements of one imported module.
STEPS_PER_MODULE = 20_000
#: Expressions and statements of all modules that a file imports; those that come after are not run.
STEPS_FOR_IMPORTS = 60_000
#: An assignment in an imported module with more nodes than this is followed when its name is asked for.
STATEMENT_OF_IMPORT = 200
#: User functions entered inside one another.
CALL_DEPTH = 40
#: The same function entered inside itself on the same object.
RECURSION = 2
#: Iterations of a known loop that are followed one by one.
UNROLLED = 256
#: Iterations, of those, that may call a model outside any other.
UNROLLED_CALLS = 8
#: Alternatives a value may have after undecided branches.
ALTERNATIVES = 6
#: Undecided branches inside one another of which both sides are followed.
BRANCH_DEPTH = 12
#: ... and from how many on user functions are no longer entered.
BRANCH_DEPTH_FOR_CALLS = 5
#: Branches not taken by default (argparse) inside one another that are still followed.
SPECULATION_DEPTH = 2
#: Loops inside one another that are followed again for what they carry around.
CARRIED_DEPTH = 3
#: How often the body of a loop is followed until nothing is left that it carries around and was not known
#: to change, and of one that lies in no other loop.
ROUNDS = 2
OUTER_ROUNDS = 3
#: Items of a list, tuple, dict or string that are kept.
ITEMS = 10_000
#: Python frames the interpreter itself may use.
PYTHON_STACK = 9_000
