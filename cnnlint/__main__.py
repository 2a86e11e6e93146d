"""`python -m cnnlint` is the command `cnnlint`."""

from __future__ import annotations

import sys

from cnnlint.cli import main

if __name__ == "__main__":
    sys.exit(main())
