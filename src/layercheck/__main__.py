"""`layercheck` and `python -m layercheck`."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing takes as long as a warm run, and here it could be somebody else's
    from typing import NoReturn


def _leave_working_folder() -> None:
    """`python -m` looks for modules in the working folder first, which here is somebody else's: its json.py is not ours to run."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.path and not sys.flags.safe_path and os.path.abspath(sys.path[0]) == os.getcwd() != here:
        del sys.path[0]


def _leave(code: int) -> NoReturn:
    """End at once: taking millions of facts apart one by one costs a fifth of a cold run, and the system does it in no time."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform in ("emscripten", "wasi"):  # there is no process to end
        sys.exit(code)
    os._exit(code)


def main() -> None:
    """Run the command line and exit with its code: 0 clean, 1 findings, 2 usage or internal error, 130 interrupted."""
    try:
        from layercheck import warm

        repeated = warm.attempt(sys.argv[1:])
        if repeated is not None:
            _leave(repeated)

        gc.disable()  # next to nothing that a run makes is garbage, and at its end the system takes all of it back
        from layercheck.adapters import cli

        code: object
        try:
            code = cli.main()
        except SystemExit as stop:
            code = stop.code
        _leave(code if isinstance(code, int) else 0 if code is None else 2)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # the reader (`| head`) is gone: close quietly, without Python's own complaint at shutdown
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    _leave_working_folder()
    main()
