"""Regular expressions that wait for their first use are those that `re` makes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import layercheck
from layercheck import patterns


def waiting(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, patterns._Compiled):
        yield value  # type: ignore[misc]
    elif isinstance(value, dict):
        yield from waiting([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from waiting(item)


def test_all_of_ours_are_regular_expressions() -> None:
    found = 0
    for module in pkgutil.walk_packages(layercheck.__path__, "layercheck."):
        if module.name in ("layercheck.__main__", "layercheck.pylint") or ".adapters." in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            for one in waiting(value):
                assert callable(one.search), one.pattern
                found += 1
    assert found > 100


def test_is_used_as_a_compiled_one() -> None:
    late, early = patterns.pattern(r"(a)(?P<rest>b*)", re.IGNORECASE), re.compile(r"(a)(?P<rest>b*)", re.IGNORECASE)
    text = "xABB ab"
    assert late.sub("-", text) == early.sub("-", text)
    assert late.findall(text) == early.findall(text)
    assert late.split(text) == early.split(text)
    assert [m.span() for m in late.finditer(text, 2)] == [m.span() for m in early.finditer(text, 2)]
    assert late.fullmatch("ab") is not None
    assert (late.pattern, late.flags, dict(late.groupindex)) == (early.pattern, early.flags, dict(early.groupindex))
    match = patterns.pattern(b"[0-9]+").search(b"a12")
    assert match is not None
    assert match[0] == b"12"


def test_none_is_compiled_at_import() -> None:
    root = Path(patterns.__file__).parent
    found = {
        path.name
        for path in root.rglob("*.py")
        if re.search(r"^[A-Z_]+(: .*)? = re\.compile\(", path.read_text("utf-8"), re.M)
    }
    assert found == set()
