"""Finds the rules, validates every one of them, and says which function wants which item.

A rule is a module below `layercheck.rules` with a docstring (its page), `RULE`, and one or more functions `check*(item, project)`.
The annotation of the first parameter says what the function is called with; that is the whole registration.
"""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

from layercheck.facts.rows import ROW_TYPES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.queries.items import ITEMS, OF_CODE
from layercheck.tuples import NamedTuple

Check = Callable[[Any, Any], Iterator[Fault]]


class RegistryError(Exception):
    """A rule that is not well-formed: a fault of ours, found at start, never of the user."""


class LoadedRule(NamedTuple):
    """A rule with everything that is derived from its module."""

    rule: Rule
    module: str
    checks: tuple[tuple[str, Check], ...]
    """(item type name, function)."""
    triggers: frozenset[str] | None
    """For checks of CallSite: the last names of callees that it wants to see; None for all."""
    fixable: bool

    @property
    def doc(self) -> str:
        """The rule's page."""
        return importlib.import_module(self.module).__doc__ or ""


def _modules() -> Iterator[str]:
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")
    for folder in sorted(os.listdir(root)):
        inner = os.path.join(root, folder)
        if not os.path.isdir(inner) or folder.startswith("_"):
            continue
        for file in sorted(os.listdir(inner)):
            if file.endswith(".py") and not file.startswith("_"):
                yield f"layercheck.rules.{folder}.{file[:-3]}"


def load(module_name: str) -> LoadedRule:
    """Import and validate one rule module. Raises RegistryError with the file and what is wrong."""
    module = importlib.import_module(module_name)
    where = getattr(module, "__file__", module_name)

    def wrong(what: str) -> RegistryError:
        return RegistryError(f"{where}: {what}")

    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise wrong("a rule module needs RULE = Rule(...)")
    if not module.__doc__:
        raise wrong("a rule module needs a docstring: it is the rule's page")
    if rule.level not in (Level.ERROR, Level.WARNING, Level.INFO):
        raise wrong(f"unknown level {rule.level!r}")
    if rule.profile not in (Profile.DEFAULT, Profile.STRICT):
        raise wrong(f"unknown profile {rule.profile!r}")
    if not (rule.code.startswith("LC") and rule.code[2:].isdigit() and len(rule.code) == 5):
        raise wrong(f"a code is LC and three digits, not {rule.code!r}")
    if rule.name != rule.name.lower() or not rule.name.replace("-", "").isalnum():
        raise wrong(f"a name is lower-case words with hyphens, not {rule.name!r}")
    checks = []
    for attribute in sorted(vars(module)):
        function = getattr(module, attribute)
        if (
            not attribute.startswith("check")
            or not callable(function)
            or getattr(function, "__module__", "") != module_name
        ):
            continue
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        annotations = function.__annotations__
        if len(names) != 2 or annotations.get(names[1]) not in ("Project",):
            raise wrong(f"line {code.co_firstlineno}: {attribute} must take (item: <type>, project: Project)")
        item = annotations.get(names[0])
        if item not in ROW_TYPES and item not in ITEMS and item not in OF_CODE:
            known = ", ".join(sorted({*ROW_TYPES, *ITEMS, *OF_CODE}))
            raise wrong(f"line {code.co_firstlineno}: {attribute} asks for {item!r}; known items: {known}")
        if item not in OF_CODE and any(hasattr(function, mark) for mark in ("words", "files")):
            raise wrong(f"line {code.co_firstlineno}: only_with and only_in are for checks of code")
        checks.append((item, function))
    if not checks and not getattr(module, "ENGINE", False):
        raise wrong("a rule module needs a function check(item, project)")
    triggers = getattr(module, "TRIGGERS", None)
    if triggers is not None and (not isinstance(triggers, frozenset) or not any(i == "CallSite" for i, _ in checks)):
        raise wrong("TRIGGERS is a frozenset of callee names, beside a check of CallSite")
    return LoadedRule(rule, module_name, tuple(checks), triggers, hasattr(module, "fix"))


_loaded: tuple[LoadedRule, ...] | None = None


def rules() -> tuple[LoadedRule, ...]:
    """Every rule, validated, in order of code. Raises RegistryError."""
    global _loaded
    if _loaded is None:
        found = sorted((load(name) for name in _modules()), key=lambda r: r.rule.code)
        for first, second in itertools.pairwise(found):
            if first.rule.code == second.rule.code:
                raise RegistryError(f"{first.module} and {second.module} both claim {first.rule.code}")
        names = [r.rule.name for r in found]
        for name in names:
            if names.count(name) > 1:
                raise RegistryError(f"two rules are named {name}")
        _loaded = tuple(found)
    return _loaded


def is_loaded() -> bool:
    """Whether somebody has asked for the rules already, or given them."""
    return _loaded is not None


def use(found: tuple[LoadedRule, ...]) -> None:
    """Take these for the rules: what an earlier process has found and validated."""
    global _loaded
    _loaded = found


def import_all() -> None:
    """Import the modules of all rules, for whoever is going to need most of them, in more than one process."""
    for loaded in rules():
        importlib.import_module(loaded.module)


def by_code(code_or_name: str) -> LoadedRule | None:
    """The rule with this code or name, in any case; None when there is none."""
    wanted = code_or_name.strip().lower()
    for loaded in rules():
        if wanted in (loaded.rule.code.lower(), loaded.rule.name):
            return loaded
    return None
