"""pylint refuses a plugin one of whose symbols is its own: every rule name must be free, or have another symbol there."""

from __future__ import annotations

import pytest

from layercheck.registry import rules
from layercheck.suppress.applying import pylint_symbol

pytest.importorskip("pylint")
from pylint.lint import PyLinter


def test_no_symbol_is_one_of_pylints_own() -> None:
    linter = PyLinter()
    linter.load_default_plugins()
    taken = {m.symbol for m in linter.msgs_store.messages} | {
        o for m in linter.msgs_store.messages for _, o in m.old_names
    }
    assert {pylint_symbol(loaded.rule.name) for loaded in rules()}.isdisjoint(taken)


def test_the_plugin_registers_every_rule() -> None:
    linter = PyLinter()
    linter.load_default_plugins()
    linter.load_plugin_modules(["layercheck.pylint"])
    known = {m.symbol for m in linter.msgs_store.messages}
    assert {pylint_symbol(loaded.rule.name) for loaded in rules()} <= known
