"""What files and bodies say at a glance: noted once when they are extracted, so that nobody unpacks the code of a whole project for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.knowledge.names import GENERATED_MARKERS

LONG = 200
"""No annotation in quotes is longer."""
HEAD = 8
"""The lines in which a file says where it comes from."""


def is_generated(text: str) -> bool:
    """Whether the first lines of a file say that a program wrote it."""
    head = "\n".join(text.split("\n", HEAD)[:HEAD]).lower()
    return "#" in head and any(mark in head for mark in GENERATED_MARKERS)


def said(e: Expr) -> Iterable[str]:
    """The names that occur in an expression; texts count as the names that they hold, for annotations in quotes."""
    # the most common ones are told at once
    if e.__class__ is str:
        return e.split(".")
    tag = e[0]
    if tag == "ref":
        return e[1].split(".")  # type: ignore[no-any-return]
    if tag == "const" and e[1].__class__ is not str:
        return ()
    return _said_in(e)


def _said_in(e: Expr) -> Iterator[str]:
    for node in ir.walk(e):
        if node.__class__ is str or node[0] == "ref":
            yield from (node if node.__class__ is str else node[1]).split(".")
        elif node[0] == "attr":
            yield node[2]
        elif node[0] == "const" and node[1].__class__ is str and len(node[1]) < LONG:
            yield from re.findall(r"\w+", node[1])


def ties_of(values: Iterable[tuple[str, Expr]], words: Mapping[str, None]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(name, the words of the body that occur in what stands for it) for those in which one does."""
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    for name, value in values:
        names = tuple(sorted({word for word in said(value) if word in words}))
        if names:
            found[name, names] = None
    return tuple(found)


def bound_values(binds: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, Expr]]:
    """(last part of a name, what is bound to it or its annotation)"""
    for name, _, value, annotation, *_ in binds:
        last = name.rpartition(".")[2]
        for e in (value, annotation):
            if e is not None:
                yield last, e


def renames_of(binds: Iterable[tuple[Any, ...]]) -> tuple[tuple[str, str], ...]:
    """(last part of the old name, new name) of the names that are bound to a name."""
    found: dict[tuple[str, str], None] = {}
    for name, kind, value, *_ in binds:
        if value is None or kind not in ("=", ":="):
            continue
        last, new = (dotted(value) or "").rpartition(".")[2], name.rpartition(".")[2]
        if last and last != new:
            found[last, new] = None
    return tuple(found)


def called_by(calls: Iterable[tuple[Any, ...]]) -> tuple[str, ...]:
    """The last names of what a body calls, each once; "" where it has none."""
    return tuple(dict.fromkeys([ir.last_name(call[0][1]) for call in calls]))
