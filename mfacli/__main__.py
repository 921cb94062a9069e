"""`mfacli` and `python -m mfacli`."""

from __future__ import annotations

import sys

from mfacli import hot

# `ExitCode.CANCELLED`, which the cached read does without.
_CANCELLED = 130


def main() -> None:
    """Give a kept answer, or run the command line; leave with its exit code."""
    try:
        hot.answer(sys.argv[1:])
        if "--prompt" in sys.argv:
            from mfacli import prompt

            prompt.answer(sys.argv[1:])
        from mfacli.commands.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Pressed while the commands were being loaded, or while the one before it was being told of.
        if sys.stderr is not None:
            sys.stderr.write("mfacli: cancelled\n")
        code = _CANCELLED
    sys.exit(code)


if __name__ == "__main__":
    main()
