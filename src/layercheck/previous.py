"""What the last run found out and the next one need not: its answers, each with what it stands on.

DESIGN: keeping every answer would take longer than most answers take. Four sorts are kept: those to questions about the whole
project (there are some sixty, and nearly everything stands on them), what these read, and by file and by body the findings and what
is dear (`KEPT`). What each stands on is a graph (`readsets`). After a change the rows of the changed files are compared, old against new,
which gives the leaves that were touched; all that stands on them is in *doubt*. Doubt is settled where it matters: a question in doubt that
in the end stands on nothing that changed has the answer it had; otherwise it is asked again, those below it first, and if its answer
is what it was, the change stops there. So a change costs what it reaches. All else is as in a first run: what does not hold is asked anew.

Values are marshalled, or pickled where they hold named tuples; nothing but such tuples and plain values is read back.
"""

from __future__ import annotations

import importlib
import io
import marshal
import pickle
from collections.abc import Iterable
from typing import Any

from layercheck.nodes import Grounded, same
from layercheck.project import KEPT, Project, find_query
from layercheck.readsets import Group, Question, packed

BY_FILE, BY_BODY = "checks.of_file", "checks.of_code"
"""The questions whose answers are findings. They are asked again file by file, in the order in which findings are shown."""
KEPT.update((BY_FILE, BY_BODY, "checks.running"))
_BUILTINS = frozenset({"Ellipsis", "complex", "frozenset", "set"})
_PICKLED = b"\x80"
"""How a pickle begins (PROTO), and no marshalled value does."""


class _Unpickler(pickle.Unpickler):
    """Reads layercheck's own kinds of tuples, texts and tables, and plain values: a cache must not be a way to run code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in _BUILTINS:
            return super().find_class(module, name)
        if module.startswith("layercheck.") and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and issubclass(found, (tuple, bytes, dict)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


_plain = marshal.dumps
_SHORT = 4096
"""Bytes up to which values are marshalled without references (version 2), so that equal ones have equal bytes."""


def loads(data: bytes) -> Any:
    """A value that was stored. Raises UnpicklingError, ValueError, EOFError or TypeError when it is none of ours."""
    return _Unpickler(io.BytesIO(data)).load() if data[:1] == _PICKLED else marshal.loads(data)


def dumps(value: Any) -> bytes:
    """A value to be stored. Raises PicklingError, AttributeError, TypeError or RecursionError where it cannot be."""
    try:
        found = _plain(value, 2)
        return found if len(found) <= _SHORT else _plain(value)
    except ValueError:
        return pickle.dumps(value, 5)


def encoded_group(group: Group) -> bytes:
    """A group as it is stored."""
    return marshal.dumps(tuple(group))


def decoded_group(data: bytes) -> Group:
    """A group that was stored."""
    return Group._make(marshal.loads(data))


class Exporter:
    """Takes the answers to be kept out of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def new(self) -> dict[int, bytes]:
        """Question (its node) -> its answer, for those asked since the last time. One that cannot be stored is left out, and asked
        anew by the next run."""
        found = {}
        for answer in self._project.to_keep:
            assert isinstance(answer.ground, int)
            try:
                found[answer.ground] = dumps(answer.value)
            except (pickle.PicklingError, AttributeError, TypeError, RecursionError):
                continue
        self._project.to_keep.clear()
        return found


class Previous:
    """The answers of the last run, in a project in which something has changed since.

    DESIGN: what stands on something that changed is doubtful, first of all of it; then the questions about the whole project are settled,
    and only what stands on one that changed stays in doubt. A question is settled from outside only, while no other is being answered; while
    one is, an answer is taken over if it was never in doubt or is settled already, and given anew otherwise. So nothing is built on doubt,
    and no question is met on the way to itself.
    """

    def __init__(self, project: Project, touched: Iterable[int]) -> None:
        """`touched`: the nodes that changed, or are not to be trusted. The project must know the graph of the last run, and must
        not have been asked anything yet."""
        self._project = project
        self._sets = project.readsets
        self._first = len(self._sets)
        self._changed = set(touched)
        """The nodes below which something changed, as far as is known."""
        # Questions that stand on other nodes than they once did are doubted as well: else those above them take a search of their own.
        self._doubtful = self._sets.reached(self._changed.union(self._sets.below))
        self._settled: set[int] = set()
        self._names: dict[int, Question] = {}
        """Node -> its question, in the groups that were read."""
        self._named: set[str] = set()
        project.earlier = self._answer
        self._settle_wholes()

    def _settle_wholes(self) -> None:
        """Settle the questions that are about no file: nearly everything stands on them, and most stay as they are."""
        wholes = [node for node in self._doubtful if self._sets.is_about_no_file(node)]
        for node in sorted(wholes):
            self._is_other(node)
        # What was asked again on the way stands on something else now, and is not yet compared with what it was.
        asked = (self._sets.renewed & self._doubtful) - self._settled
        self._doubtful = self._sets.reached(self._changed | asked, self._settled)

    def holds(self, node: int) -> bool:
        """Whether the answer to a question that was kept still holds. What it stands on is settled, too. Only while no question is
        being answered."""
        return not self._is_other(node)

    def _is_other(self, node: int) -> bool:
        """Settle a node: whether it is no longer what it was. All doubtful ones below it are settled, so that what is asked again because of
        it finds those that hold."""
        if node in self._changed:
            return True
        if node not in self._doubtful or node in self._settled:
            return False
        found = node in self._sets.renewed
        if not found:
            for below in self._sets.under(node):
                if below in self._doubtful and self._is_other(below):
                    found = True
        if found and self._has_the_same_answer(node):
            found = False
        (self._changed if found else self._settled).add(node)
        return found

    def _has_the_same_answer(self, node: int) -> bool:
        """Whether a question, asked again, has the answer that it had; other nodes have none."""
        group = self._sets.owner(node)
        if group is None:
            return False
        path = self._sets.paths[self._sets.owners[node]]
        if path not in self._named:
            self._named.add(path)
            self._names.update({number: question for question, number in group.questions.items()})
        name, args = self._names.get(node, ("", ()))
        answer = group.answers.get(node)
        known = None if name in (BY_FILE, BY_BODY) else self._project.introduced(name) or find_query(name)
        if known is None or answer is None:
            return False
        function, bottom = known
        try:
            return same(loads(answer), self._project.ask(name, function, bottom, _unpacked(args)))
        except Exception:  # layercheck: ignore[LC304] it is about what is gone, or fails again where that is told
            return False

    def _answer(self, name: str, args: tuple[Any, ...]) -> Grounded | None:
        """The answer to a question, if it was kept and still holds."""
        if name not in self._sets.names:
            return None
        question = (name, packed(args))
        group = self._sets.group(self._sets.group_of(question))
        node = group.questions.get(question)
        if node is None or node >= self._first or (node in self._doubtful and node not in self._settled):
            return None
        answer = group.answers.get(node)
        try:
            return None if answer is None else Grounded(name, args, loads(answer), node, kept=True)
        except (pickle.UnpicklingError, ValueError, EOFError, TypeError):  # nothing of ours, so it is asked anew
            return None

    def untrusted(self) -> list[int]:
        """The questions whose answers were not asked for in this run, and may be others now."""
        owners = self._sets.owners
        return [n for n in self._doubtful - self._settled - self._sets.renewed if owners[n]]


def _unpacked(args: Any) -> tuple[Any, ...]:
    return args if args.__class__ is tuple else loads(args)
