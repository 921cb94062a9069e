"""`mfacli` and `python -m mfacli`."""

from __future__ import annotations

import sys

from mfacli import hot


def main() -> None:
    """Give a kept answer, or run the command line; leave with its exit code."""
    hot.answer(sys.argv[1:])
    from mfacli.commands.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
