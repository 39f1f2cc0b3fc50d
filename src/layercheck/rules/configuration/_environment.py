"""Reads of the environment, as the rules about secrets and settings need them."""

from __future__ import annotations

from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.symbols import resolve

READERS: dict[str, tuple[str, int]] = {
    "os.getenv": ("default", 1),
    "os.environ.get": ("default", 1),
    "os.environ.setdefault": ("value", 1),
    "decouple.config": ("default", 1),
    "starlette.config.Config.__call__": ("default", 2),
}
"""Call that reads a variable -> (keyword, position) of the default."""


def reads_environment(project: Project, key: str, call: Expr) -> bool:
    """Whether a call reads an environment variable: what it falls back to is LC206's business."""
    func = dotted(call[1])
    if func is None:
        return False
    symbol = resolve(project, key, func)
    if symbol in READERS:
        return True
    return symbol is None and func.rpartition(".")[2] in ("config", "env") and bool(call[2])
