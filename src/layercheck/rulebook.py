"""The rules without their modules: what a run must know of a rule before one of its checks is called.

DESIGN: importing a hundred rules and what they ask takes longer than looking at one changed file, and such a run calls a few of
them. What the registry finds out of all rules is therefore kept as a table in the cache folder, for as long as layercheck's code stays as it
is. In a rule that comes from the table each check is a `Late`: it knows what the check waits for, and imports the rule's module when it is first
called. The table holds plain
values, no code; anything that does not fit is a miss, and the modules are asked. As the rest of the cache it is only read where it belongs
to this user, and never from a folder inside a project.
"""

from __future__ import annotations

import importlib
import marshal
import os
from collections.abc import Iterable
from typing import Any

from layercheck.model import Option, Rule
from layercheck.own_code import fingerprint
from layercheck.project import QUERIES, late_query
from layercheck.registry import LoadedRule, is_loaded, rules, use

_NAME = "rules.table"
_wanted = ""
"""Where a table is missing."""


class Late:
    """A function of a rule's module, or what marks one of its checks; the module is imported when it is first called."""

    words: frozenset[str] | None = None
    like: Late | None = None
    texts: Late | None = None
    where: Late | None = None
    files: Late | None = None

    def __init__(self, module: str, check: str, mark: str = "") -> None:
        self._from = (module, check, mark)
        self._function: Any = None

    def __call__(self, *args: Any) -> Any:
        """Call the function itself."""
        function = self._function
        if function is None:
            function = self._function = self._found()
        return function(*args)

    def _found(self) -> Any:
        module, check, mark = self._from
        if mark == _QUERY:
            return late_query(f"{module}.{check}")
        function = getattr(importlib.import_module(module), check)
        return getattr(function, mark) if mark else function


Address = tuple[str, str, str]
"""(module, name, "") of a function, (module, name, _QUERY) of a query, or (module, check, mark) of what marks a check."""
_QUERY = "query"
_MARKS = ("like", "texts", "where", "files")


def _address(module: str, check: Any, mark: str) -> Address | None:
    """Where to find what marks a check: by its own name if it has one, as that may lie in a module which takes less to import."""
    function = getattr(check, mark, None)
    if function is None:
        return None
    home, name = function.__module__, function.__qualname__
    found = getattr(importlib.import_module(home), name, None)
    if found is not function:
        return (module, check.__name__, mark)
    return (home, name, _QUERY if f"{home}.{name}" in QUERIES else "")


def plain(loaded: LoadedRule) -> tuple[Any, ...]:
    """A rule as plain values."""
    rule = (*loaded.rule[:-2], tuple(map(tuple, loaded.rule.options)), loaded.rule.tests)
    checks = [
        (
            item,
            function.__name__,
            getattr(function, "words", None),
            tuple([_address(loaded.module, function, mark) for mark in _MARKS]),
        )
        for item, function in loaded.checks
    ]
    return (rule, loaded.module, tuple(checks), loaded.triggers, loaded.fixable)


def late(stored: tuple[Any, ...], shared: dict[Address, Late]) -> LoadedRule:
    """The rule of these plain values. `shared` has the functions that were met: checks that ask the same of a file share the answer."""
    (*fields, options, tests), module, checks, triggers, fixable = stored
    rule = Rule._make((*fields, tuple(map(Option._make, options)), tests))
    made = []
    for item, name, words, marks in checks:
        check = Late(module, name)
        check.words = words
        for mark, address in zip(_MARKS, marks, strict=True):
            if address is not None:
                setattr(check, mark, shared.setdefault(address, Late(*address)))
        made.append((item, check))
    return LoadedRule(rule, module, tuple(made), triggers, fixable)


def take(folder: str, near: Iterable[str] = ()) -> None:
    """Take the rules from the table in a cache folder, unless that lies in one of the folders `near`, which are somebody else's. Does
    nothing where the rules are loaded already."""
    global _wanted
    place = os.path.realpath(folder)
    if is_loaded() or any(os.path.join(place, "").startswith(os.path.join(os.path.realpath(f), "")) for f in near):
        return
    path = os.path.join(place, _NAME)
    found = _read(path)
    if found is None:
        _wanted = path
        return
    (stored,) = found
    shared: dict[Address, Late] = {}
    use(tuple([late(entry, shared) for entry in stored]))


def _read(path: str) -> Any:
    try:
        with open(path, "rb") as handle:
            if hasattr(os, "getuid") and os.fstat(handle.fileno()).st_uid != os.getuid():
                return None
            mark, *found = marshal.loads(handle.read())
        return found if mark == fingerprint() else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def leave() -> None:
    """Leave a table for the next run, where one was missing and there is a cache."""
    global _wanted
    path, _wanted = _wanted, ""
    if not path or not os.path.isdir(os.path.dirname(path)):
        return
    part = f"{path}.{os.getpid()}.tmp"
    try:
        with open(part, "wb") as handle:
            marshal.dump((fingerprint(), tuple(map(plain, rules()))), handle)
        os.replace(part, path)
    except (OSError, ValueError):
        try:
            os.unlink(part)
        except OSError:
            pass
