"""Simple statements followed: assignments, returns, decided branches, loops over known sequences."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr, Stmt
from layercheck.queries.evaluate_values import (
    STEPS,
    UNKNOWN,
    Code,
    GiveUp,
    Mapping,
    Member,
    Object,
    Ref,
    Returned,
    Scope,
    Value,
    is_sequence,
)


class Statements:
    """The part of the evaluator that follows statements. Its expressions are `Evaluator`'s."""

    steps: int

    def value(self, scope: Scope, e: Expr | None) -> Value:
        """The value of an expression in a scope."""
        raise NotImplementedError

    def operation(self, operator: str, values: list[Value]) -> Value:
        """The value of a binary operation."""
        raise NotImplementedError

    @staticmethod
    def truth(value: Value) -> bool | None:
        """Whether a value is true; None when that is not known."""
        if value is UNKNOWN or isinstance(value, Code | Ref | Member | Object):
            return None
        return bool(value.items) if isinstance(value, Mapping) else bool(value)

    def run(self, scope: Scope, statements: tuple[Stmt, ...]) -> None:
        """Follow statements. Raises Returned at a return, GiveUp at anything that is not understood."""
        for statement in statements:
            self.steps += 1
            if self.steps > STEPS:
                raise GiveUp
            self.statement(scope, statement)

    def statement(self, scope: Scope, statement: Stmt) -> None:
        """Follow one statement."""
        match statement:
            case ("return", value, _):
                raise Returned(None if value is None else self.value(scope, value))
            case ("assign", targets, value, _):
                evaluated = self.value(scope, value)
                for target in targets:
                    self.assign(scope, target, evaluated)
            case ("ann", target, _, value, _):
                if value is not None:
                    self.assign(scope, target, self.value(scope, value))
            case ("aug", target, operator, value, _) if isinstance(target, str):
                old = scope.names.get(target, UNKNOWN)
                scope.names[target] = self.operation(operator, [old, self.value(scope, value)])
            case ("expr", ("const", _), _) | ("pass", _) | ("import", _) | ("def", _, _) | ("class", _, _):
                pass
            case ("expr", value, _):
                self.expression(scope, value)
            case ("if", branches, orelse, _):
                self.branch(scope, branches, orelse)
            case ("for", target, iterable, body, (), False, _):
                self.loop(scope, target, iterable, body)
            case _:
                raise GiveUp

    def expression(self, scope: Scope, e: Expr) -> None:
        """An expression as a statement: only `name.append(x)` and `name.extend(xs)` matter to a function that is followed."""
        if not grow(self, scope, e):
            self.value(scope, e)

    def branch(
        self, scope: Scope, branches: tuple[tuple[Expr, tuple[Stmt, ...]], ...], orelse: tuple[Stmt, ...]
    ) -> None:
        """Follow the branch that is taken. Raises GiveUp when that cannot be told.

        A guard that only raises was passed by whatever the program does make: it counts as not taken.
        """
        for test, body in branches:
            decided = self.truth(self.value(scope, test))
            if decided is None and body and body[-1][0] == "raise":
                continue
            if decided is None:
                raise GiveUp
            if decided:
                return self.run(scope, body)
        return self.run(scope, orelse)

    def loop(self, scope: Scope, target: Expr, iterable: Expr, body: tuple[Stmt, ...]) -> None:
        """Follow the body once for every item. Raises GiveUp when the items are not known."""
        items = self.value(scope, iterable)
        if not is_sequence(items):
            raise GiveUp
        for item in items:
            self.assign(scope, target, item)
            self.run(scope, body)

    def assign(self, scope: Scope, target: Expr, value: Value) -> None:
        """Bind a target; tuples are taken apart."""
        if isinstance(target, str):
            scope.names[target] = value
        elif ir.is_a(target, "tuple"):
            parts = target[1]
            known = is_sequence(value) and len(value) == len(parts)
            for i, part in enumerate(parts):
                self.assign(scope, part, value[i] if known else UNKNOWN)


def grow(evaluator: Statements, scope: Scope, e: Expr) -> bool:
    """`name.append(x)`, `name.extend(xs)`, `name.insert(0, x)` on a local list; whether it was one of those."""
    if not (ir.is_a(e, "call") and isinstance(e[1], str)):
        return False
    name, _, method = e[1].rpartition(".")
    if name not in scope.names or method not in ("append", "extend", "insert"):
        return False
    old = scope.names[name]
    value = evaluator.value(scope, e[2][-1]) if e[2] else UNKNOWN
    if not is_sequence(old):
        return False
    if method == "extend":
        scope.names[name] = old + value if is_sequence(value) else UNKNOWN
    else:
        scope.names[name] = (*old, value) if method == "append" else (value, *old)
    return True
