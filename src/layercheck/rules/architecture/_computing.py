"""Loops of a handler: which of them compute over rows, and which only copy, build, delete or send."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.ir import Expr, Stmt, dotted


def unawaited(e: Expr) -> Expr:
    """The expression that is awaited."""
    while ir.is_a(e, "await"):
        e = e[1]
    return e


def plain_loop(statement: Stmt) -> bool:
    """A `for` of single calls and assignments that computes nothing: it copies, builds, deletes or sends."""
    return (
        statement[0] == "for"
        and not statement[4]
        and all(inner[0] in ("expr", "assign", "ann", "del", "pass") for inner in statement[3])
        and not computes(statement)
    )


def computes(loop: Stmt) -> bool:
    """Whether the body of a `for` sums, counts, groups, or changes records under a condition."""
    rows = _names(loop[1])
    for statement in ir.statements(loop[3]):
        if statement[0] == "for":
            rows |= _names(statement[1])
        elif (
            (statement[0] == "aug" and not _builds_text_or_list(statement) and not _measures(statement, rows))
            or (statement[0] == "assign" and any(_counts_up(target, statement[2]) for target in statement[1]))
            or (statement[0] == "expr" and _groups(statement[1]))
        ):
            return True
    return any(
        _root(target) in rows
        for statement in _conditional(loop[3])
        if statement[0] == "assign"
        for target in statement[1]
        if ir.is_a(target, "ref")
    )


def _names(target: Expr) -> set[str]:
    return {e for e in ir.walk(target) if e.__class__ is str}


def _root(e: Expr) -> str:
    return (dotted(e) or "").partition(".")[0]


def _builds_text_or_list(statement: Stmt) -> bool:
    """`text += "..."`, `rows += [row]`."""
    value = statement[3]
    return statement[2] == "+" and (
        ir.text_of(value) is not None or (value.__class__ is tuple and value[0] in ("fstr", "list", "tuple", "comp"))
    )


def _measures(statement: Stmt, rows: set[str]) -> bool:
    """`size += len(chunk)`: the length of what streams by."""
    value = statement[3]
    return ir.is_a(value, "call") and value[1] == "len" and len(value[2]) == 1 and value[2][0] in rows


def _counts_up(target: Expr, value: Expr) -> bool:
    """`counts[key] = counts.get(key, 0) + 1`, `total = total + row.price`."""
    if not ir.is_a(value, "op"):
        return False
    if ir.is_a(target, "item"):
        name = dotted(target[1])
        return (
            name is not None
            and any(node == target or (ir.is_a(node, "call") and node[1] == f"{name}.get") for node in ir.walk(value))
        ) or any(ir.is_a(node, "item") and node[1:3] == target[1:3] for node in ir.walk(value))
    name = dotted(target)
    return (
        name is not None
        and value[1] in ("+", "-", "*")
        and any(dotted(e) == name for e in value[2])
        and not any(ir.text_of(e) is not None or (e.__class__ is tuple and e[0] in ("fstr", "list")) for e in value[2])
    )


def _groups(e: Expr) -> bool:
    """`groups[key].append(row)`, `groups.setdefault(key, []).append(row)`."""
    e = unawaited(e)
    if not (ir.is_a(e, "call") and ir.is_a(e[1], "attr") and e[1][2] in ("append", "add", "extend", "update")):
        return False
    owner = e[1][1]
    if ir.is_a(owner, "item"):
        return not ir.is_a(owner[2], "const")
    return ir.is_a(owner, "call") and ir.last_name(owner[1]) == "setdefault"


def _conditional(block: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """The statements of a block that stand under an `if`."""
    for statement in block:
        if statement[0] in ("if", "match"):
            for inner in ir.blocks(statement):
                yield from ir.statements(inner)
        else:
            for inner in ir.blocks(statement):
                yield from _conditional(inner)
