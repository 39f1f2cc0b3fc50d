"""The Python half of run.mjs: `layercheck ARGUMENT...` in the mounted working folder; its value is the exit code."""

import os
import sys


def main() -> int:
    """Run the command line as the installed script would."""
    os.chdir("/work")
    sys.path[:0] = ["/site", "/source"]
    sys.dont_write_bytecode = True
    sys.argv = ["layercheck", *arguments]  # noqa: F821 (run.mjs sets it)
    if sys.argv[1:] == ["--python"]:
        print(".".join(map(str, sys.version_info[:2])), sys.platform)
        return 0
    from layercheck.__main__ import main as command

    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
    return 0


main()
