"""The rewrite made to run although the host may know the syntax itself."""

from __future__ import annotations

from typing import Any

from layercheck.parsing.downlevel import rewritten
from layercheck.parsing.draft import Source
from layercheck.parsing.scanner import scan


def forced(text: str, target: tuple[int, int] = (3, 11)) -> Any:
    """The tree by way of rewriting everything that is newer than the target; None when nothing is."""
    return rewritten(Source(text), scan(text), "forced", target)
