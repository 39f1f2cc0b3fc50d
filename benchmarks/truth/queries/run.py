"""Run every program with few and with many rows, count its statements, and hold the findings of layercheck against that.

python benchmarks/truth/queries/run.py [NAME ...]

The exit code is 1 where layercheck and a run disagree and known.toml does not say why, or where known.toml says what is no longer so.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

if (
    __name__ == "__main__"
):  # a process for each program imports this file again: what it does not need stays below this line
    sys.path[:0] = [str(HERE), str(HERE.parents[2] / "src")]
    from table import main

    sys.exit(main())
