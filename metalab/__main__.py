"""`python -m metalab COMMAND`, the same as `python -m experiments COMMAND` in a checkout."""

import sys

from metalab.experiments.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
