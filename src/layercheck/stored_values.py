"""Answers and the arguments of questions as they are stored: marshalled together where they are plain, else by themselves.

DESIGN: of the answers that the next run is to have, most are a name, a truth, nothing, or a few names. Those are stored as they are, as parts of what is
marshalled as a whole with all others about the same file. Marshalling takes a fixed time for each call, and one for each member of a set, which is more than
these values take. So a set is stored as the sorted list of its members, which no answer is otherwise: answers cannot be changed. What is not so plain
is bytes: marshalled, or pickled where it holds named tuples; nothing but such tuples and plain values is read back. An answer that is bytes is
stored as such bytes, too, so what was stored says itself what it is.
"""

from __future__ import annotations

import marshal
from typing import Any

_PICKLED = b"\x80"
"""How a pickle begins (PROTO), and no marshalled value does."""
_PLAIN = frozenset({type(None), bool, int, str})
_TEXT = frozenset({str})
_SHORT = 4096
"""Bytes up to which values are marshalled without references (version 2), so that equal ones have equal bytes."""
_MANY = 32
"""Names in a set that is an argument, beyond which it is pickled."""
_LONG = 2000
"""Bytes of arguments beyond which an answer is not kept: there may be as many as there are files."""
_SETS = 4096
"""How many sets that are arguments are remembered, with what they are stored as: the same ones are asked about in file after file."""
NOT_STORED: Any = ...
"""Stands for an answer that cannot be stored."""
_CANNOT = (AttributeError, TypeError, RecursionError, ValueError)
"""What a value raises that cannot be stored."""
_plain = marshal.dumps
_sorted: dict[frozenset[str], tuple[str, ...]] = {}
Node = tuple[Any, ...]
"""(query, *its arguments)"""


def loads(data: bytes) -> Any:
    """A value that was stored by itself. Raises ValueError, EOFError or TypeError when it is none of ours."""
    if data[:1] != _PICKLED:
        return marshal.loads(data)
    from layercheck.pickling import unpickled  # few values are

    return unpickled(data)


def dumps(value: Any) -> bytes:
    """A value to be stored by itself. Raises ValueError, AttributeError, TypeError or RecursionError where it cannot be."""
    try:
        found = _plain(value, 2)
        return found if len(found) <= _SHORT else _plain(value)
    except ValueError:
        from layercheck.pickling import pickled

        return pickled(value)


def stored(answer: Any) -> Any:
    """An answer as it is stored, `NOT_STORED` where it cannot be."""
    if answer.__class__ in _PLAIN:
        return answer
    found = _plainly(answer)
    if found is not NOT_STORED:
        return found
    try:
        return dumps(answer)
    except _CANNOT:
        return NOT_STORED


def _plainly(value: Any) -> Any:
    """A tuple or set of plain values, of such tuples or of such sets, with its sets as sorted lists; `NOT_STORED` for anything else."""
    kind = value.__class__
    if kind is tuple:
        if not value or _PLAIN.issuperset(map(type, value)):
            return value
    elif kind is not frozenset:
        return NOT_STORED
    elif _TEXT.issuperset(map(type, value)):
        return sorted(value)
    parts = [part if part.__class__ in _PLAIN else _plainly(part) for part in value]
    if NOT_STORED in parts:
        return NOT_STORED
    return tuple(parts) if kind is tuple else sorted(parts, key=repr)


def restored(found: Any) -> Any:
    """An answer that was stored. Raises as `loads` does."""
    kind = found.__class__
    if kind is bytes:
        return loads(found)
    if kind is list:
        return frozenset(map(restored, found))
    if kind is not tuple or _PLAIN.issuperset(map(type, found)):
        return found
    return tuple(map(restored, found))


def are_alike(one: Any, other: Any) -> bool:
    """Whether two answers as they are stored are the same, also in what `==` overlooks: `1` and `True` are different answers."""
    if one.__class__ is not other.__class__ or one != other:
        return False
    return one.__class__ not in (tuple, list) or all(map(are_alike, one, other))


def question_of(node: Node) -> Node | None:
    """A question as it is stored: itself, sets of names in it sorted; the arguments pickled where they are not plain. None where that is not possible, or
    where they are big."""
    for part in node:
        if part.__class__ is not str:
            break
    else:
        return node
    parts: list[Any] = []
    for part in node:
        kind = part.__class__
        if kind in _PLAIN:
            parts.append(part)
        elif kind is frozenset and len(part) <= _MANY and _TEXT.issuperset(map(type, part)):
            names = _sorted.get(part)
            if names is None:
                if len(_sorted) >= _SETS:
                    _sorted.clear()
                names = _sorted[part] = tuple(sorted(part))
            parts.append(names)
        else:
            break
    else:
        return tuple(parts)
    from layercheck.pickling import pickled

    try:
        found = pickled(node[1:])
    except _CANNOT:
        return None
    return (node[0], found) if len(found) <= _LONG else None


def arguments_of(question: Node) -> tuple[Any, ...]:
    """The arguments of a question that was stored. Raises as `loads` does."""
    if len(question) == 2 and question[1].__class__ is bytes:
        return loads(question[1])  # type: ignore[no-any-return]
    return tuple([frozenset(part) if part.__class__ is tuple else part for part in question[1:]])
