"""Findings as text for people and formats for machines; one module a format, see the README of this folder."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from functools import lru_cache

from layercheck.model import Finding, Rule
from layercheck.tuples import NamedTuple

FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif", "junit")


class Context(NamedTuple):
    """What a format may need beside the findings."""

    root: str
    """Absolute path of the project root, to which the findings' paths are relative."""
    cwd: str
    rules: tuple[Rule, ...]
    color: bool = False
    version: str = ""

    def shown(self, path: str) -> str:
        """A path as people type it: relative to the working directory, forward slashes."""
        return _shown(self.root, self.cwd, path)


@lru_cache(maxsize=1 << 14)
def _shown(root: str, cwd: str, path: str) -> str:
    start = _way_to(root, cwd)
    return os.path.relpath(os.path.join(root, path), cwd).replace(os.sep, "/") if start is None else start + path


@lru_cache(maxsize=16)
def _way_to(root: str, cwd: str) -> str | None:
    """What all paths from a folder to what is below the root begin with; None where they do not begin alike, as the folder is below it."""
    way = os.path.relpath(root, cwd).replace(os.sep, "/")
    if way == ".":
        return ""
    return None if set(way.split("/")) == {".."} else f"{way}/"


def render(name: str, findings: Sequence[Finding], context: Context) -> str:
    """The findings in one of FORMATS, as text that ends in a newline (or is empty)."""
    module = importlib.import_module(f"layercheck.report.{name}_format")
    text: str = module.render(findings, context)
    return text
