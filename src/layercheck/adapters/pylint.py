"""layercheck as a plugin of pylint: `--load-plugins=layercheck.pylint`.

A rule is a message: its symbol is the rule's name (with "layercheck-" in front where pylint has that symbol), its id the letter of the level, 9 and the digits of the code. All messages of
one pylint checker must share the first two digits, so there is one generated checker class for each family (LC1xx -> x91xx). All
of them bear the name "layercheck": `--enable=layercheck` and `# pylint: disable=layercheck` mean every rule. No inference of
astroid is used: pylint's tree only says which file is being read.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING, Any

from pylint.checkers import BaseChecker

from layercheck.hosted import Host, HostOptions
from layercheck.registry import LoadedRule, rules
from layercheck.suppress.applying import PYLINT_CHECKER, pylint_id, pylint_symbol, spare_pylint_id

if TYPE_CHECKING:
    from astroid import nodes  # type: ignore[import-untyped]
    from pylint.lint import PyLinter

_hosts: dict[HostOptions, Host] = {}
"""One host a process and configuration; module level, because pylint pickles its checkers for its workers."""


class LayercheckChecker(BaseChecker):
    """What all families share; `msgs` comes from the rules."""

    name = PYLINT_CHECKER
    messages_by_code: dict[str, str] = {}

    def visit_module(self, node: nodes.Module) -> None:
        """Report the family's findings in a module. Never raises."""
        host = _host(self.linter)
        try:
            filename, text = _source(node)
            findings = host.findings(filename, text) if filename else []
        except Exception as error:
            host.complain(error)
            return
        for finding in findings:
            message = self.messages_by_code.get(finding.code)
            if message is not None:
                self.add_message(
                    message,
                    node=node,
                    line=finding.line,
                    col_offset=finding.column - 1,
                    end_lineno=finding.end_line,
                    end_col_offset=finding.end_column - 1,
                    args=(finding.message,),
                )


OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "layercheck-config",
        {
            "default": "",
            "type": "string",
            "metavar": "<file>",
            "help": "The layercheck.toml or pyproject.toml that layercheck reads, instead of the nearest one.",
        },
    ),
    (
        "layercheck-profile",
        {
            "default": "",
            "type": "string",
            "metavar": "<name>",
            "help": "The rules that run: default or strict; instead of what layercheck's configuration says.",
        },
    ),
)


def _host(linter: PyLinter) -> Host:
    # pylint does not tell its plugins what it was asked to check; a word that is no path, or another one, does no harm
    starts = tuple(word for word in sys.argv[1:] if os.path.exists(word))
    config = linter.config
    options = HostOptions(
        config.layercheck_config or None, config.layercheck_profile or None, starts, config.jobs or None
    )
    if options not in _hosts:
        _hosts[options] = Host(options)
    return _hosts[options]


def _source(node: nodes.Module) -> tuple[str, str]:
    """The file name of a module and its text: what pylint was handed on standard input, else what the file holds."""
    from layercheck.parsing import decode

    if node.file_bytes is not None:
        data = node.file_bytes
        return node.file or "", data if isinstance(data, str) else data.decode("utf-8", "replace")
    with node.stream() as stream:
        return node.file or "", decode(stream.read())


def family(members: list[LoadedRule], taken: frozenset[str]) -> type[LayercheckChecker]:
    """The checker class for rules whose codes begin alike; it is a global of this module, so that it can be pickled."""
    ids = {}
    for loaded in members:
        rule = loaded.rule
        own = pylint_id(rule.code, rule.level)
        ids[rule.code] = spare_pylint_id(rule.code, rule.level) if own in taken else own
    name = f"LayercheckChecker{members[0].rule.code[2]}"
    attributes: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": f"The rules {members[0].rule.code[:3]}xx.",
        "messages_by_code": ids,
        "msgs": {
            ids[loaded.rule.code]: ("%s", pylint_symbol(loaded.rule.name), loaded.doc.strip().partition("\n")[0])
            for loaded in members
        },
    }
    checker = type(name, (LayercheckChecker,), attributes)
    globals()[name] = checker
    return checker


def checkers(taken: frozenset[str] = frozenset()) -> list[type[LayercheckChecker]]:
    """One class for each family of rules, in order; the first one declares the options. `taken` are ids that others have."""
    families: dict[str, list[LoadedRule]] = {}
    for loaded in rules():
        families.setdefault(loaded.rule.code[:3], []).append(loaded)
    made = [family(members, taken) for members in families.values()]
    if made:
        made[0].options = OPTIONS
    return made


def register(linter: PyLinter) -> None:
    """What pylint calls when it loads the plugin."""
    if multiprocessing.parent_process() is None:
        _hosts.clear()  # a new run in a process that lives on: the files may have changed
    if any(isinstance(checker, LayercheckChecker) for checker in linter.get_checkers()):
        return  # pylint up to 4.0 registers plugins twice in its workers
    names = {pylint_symbol(loaded.rule.name) for loaded in rules()}
    others = [message for message in linter.msgs_store.messages if message.symbol not in names]
    taken = frozenset(one for message in others for one in (message.msgid, *(old for old, _ in message.old_names)))
    for checker in checkers(taken):
        linter.register_checker(checker(linter))


def load_configuration(linter: PyLinter) -> None:
    """What pylint calls when its configuration stands: the project is looked at before the first file, and before workers are made. Asking
    for all of it at once takes over what an earlier run has stored, which asking file by file cannot."""
    if multiprocessing.parent_process() is not None:
        return
    if not any(linter.is_message_enabled(pylint_symbol(loaded.rule.name)) for loaded in rules()):
        return
    host = _host(linter)
    try:
        host.prepare()
    except Exception as error:
        host.complain(error)


checkers()  # workers that are not forked find the classes of the pickled checkers here
