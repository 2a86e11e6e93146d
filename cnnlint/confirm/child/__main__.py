"""`python -m cnnlint.confirm.child`: the process in which torch is loaded once and experiments are forked.

Orders come as lines of JSON on standard input, reports go as such to standard output.
"""

from __future__ import annotations

from cnnlint.confirm.child.zygote import main

if __name__ == "__main__":
    main()
