"""How control flows through a migration: what surely happens, what perhaps happens, and what both ways have in common."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr, Stmt
from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.evaluate import UNKNOWN, Evaluator, Mapping, Object, Ref, Scope, Value, grow
from layercheck.queries.migration_questions import NOT_KNOWN, InspectingEvaluator, Question, Reason, opposite, reason
from layercheck.queries.migration_reach import shape
from layercheck.queries.migration_rows import Operation
from layercheck.queries.migration_sql import HOLE

_RETURN = " return"
_UNROLLED = 2000


def depending(made: Operation, *reasons: Reason) -> Operation:
    """An operation that happens only when more conditions hold."""
    if not reasons:
        return made
    return made._replace(conditional=True, when=(*(q for r in reasons for q in r), *made.when))


def _text_of(value: Value) -> str | None:
    """A text whose beginning is known."""
    if isinstance(value, Object) and value.symbol == "text":
        return str(value.info)
    return value if isinstance(value, str) else None


def _grown(before: Value, after: Value) -> Value:
    """A name after a loop: a text that only grows in it still begins as it did; anything else is unknown."""
    old = _text_of(before)
    ways = after.info if isinstance(after, Object) and after.symbol == "either" else (after,)
    return Object("text", old + HOLE) if old and all((_text_of(w) or "").startswith(old) for w in ways) else UNKNOWN


class Flow:
    """Follows statements and collects operations in `found`. What expressions do is `Runner`'s."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.found: list[Operation] = []
        self.evaluator = InspectingEvaluator(project, lambda: len(self.found))
        self.reasons: list[Reason] = []
        """The conditions around what is followed."""
        self.left: Reason = NOT_KNOWN
        """What must hold for the code after a block that may have been left."""
        self.attempts = 0
        self.caught = 0
        """How many `try` with a handler that swallows are around what is followed."""
        self.steps = 0

    def record(self, scope: Scope, e: Expr) -> None:
        """Note what the calls in an expression do."""
        raise NotImplementedError

    def enter(self, scope: Scope, context: Expr, target: Expr | None) -> None:
        """Note what entering a context does, and bind its target."""
        raise NotImplementedError

    def value(self, scope: Scope, e: Expr) -> Value:
        """The value of an expression."""
        raise NotImplementedError

    def add(self, made: Operation) -> None:
        """Note an operation."""
        self.found.append(depending(made, *self.reasons))

    def run(self, scope: Scope, statements: tuple[Stmt, ...]) -> str:
        """Follow a block; how it ends: "" falls through, "return", "raise", "break", "continue", "maybe" (one of these, perhaps)."""
        maybe = 0
        try:
            for statement in statements:
                self.steps += 1
                if self.steps > _UNROLLED * 10:
                    self.add(Operation("unknown", None, Place("Body", scope.key, statement[-1])))
                    return "return"
                end = self.statement(scope, statement)
                if end == "maybe":
                    maybe += 1
                    self.reasons.append(self.left)  # what follows happens only when the block was not left
                    self.left = NOT_KNOWN
                elif end:
                    return end
        finally:
            del self.reasons[len(self.reasons) - maybe :]
        return "maybe" if maybe else ""

    def statement(self, scope: Scope, statement: Stmt) -> str:
        """Follow one statement."""
        match statement:
            case ("if", branches, orelse, _):
                return self.branch(scope, branches, orelse)
            case ("for", target, iterable, body, orelse, _, _):
                self.record(scope, iterable)
                return self.loop(scope, target, iterable, body) or self.run(scope, orelse)
            case ("while", test, body, orelse, _):
                self.record(scope, test)
                self.perhaps(scope, body)
                return self.run(scope, orelse)
            case ("try", body, handlers, orelse, final, _):
                return self.attempt(scope, body, handlers, orelse, final)
            case ("with", items, body, _, _):
                for context, target in items:
                    self.enter(scope, context, target)
                return self.run(scope, body)
            case ("match", subject, cases, _):
                self.record(scope, subject)
                for _, _, _, body in cases:
                    self.perhaps(scope, body)
                return ""
            case ("def", qualname, _):
                scope.names[qualname.rpartition(".")[2].partition("#")[0]] = Ref(
                    f"{scope.key.partition(':')[0]}:{qualname}"
                )
                return ""
        for e in ir.own_expressions(statement):
            self.record(scope, e)
        return self.simple(scope, statement)

    def simple(self, scope: Scope, statement: Stmt) -> str:
        """A statement without blocks: bindings, and those that leave."""
        match statement:
            case ("assign", targets, value, _):
                evaluated = self.value(scope, value)
                for target in targets:
                    self.evaluator.assign(scope, target, evaluated)
            case ("ann", target, _, value, _) if value is not None:
                self.evaluator.assign(scope, target, self.value(scope, value))
            case ("aug", target, operator, value, _) if isinstance(target, str):
                old = scope.names.get(target, UNKNOWN)
                result = self.evaluator.operation(operator, [old, self.value(scope, value)])
                begun = _text_of(old) if result is UNKNOWN and operator.startswith("+") else None
                scope.names[target] = Object("text", begun + HOLE) if begun is not None else result
            case ("expr", value, _):
                grow(self.evaluator, scope, value)
            case ("return", value, _):
                raise_with = self.value(scope, value) if value is not None else None
                scope.names[_RETURN] = raise_with
                return "return"
            case ("raise", _, _, _):
                return "raise"
            case ("break" | "continue" as end, _):
                return str(end)
        return ""

    def perhaps(self, scope: Scope, body: tuple[Stmt, ...], why: Reason = NOT_KNOWN) -> str:
        """Follow a block that may not run. How it ends."""
        start = len(self.found)
        end = self.apart(scope, body)
        self.found[start:] = [depending(o, why) for o in self.found[start:]]
        return end

    def apart(self, scope: Scope, body: tuple[Stmt, ...]) -> str:
        """Follow a block whose bindings may not happen: the names that it changes are unknown afterwards. How it ends."""
        inner = Scope(scope.key, dict(scope.names), scope.depth)
        end = self.run(inner, body)
        self.merge(scope, [inner.names, dict(scope.names)])
        return end

    def merge(self, scope: Scope, ways: list[dict[str, Value]]) -> None:
        """Names after several ways to come here: one value, or "either" of several, or unknown."""
        for name in {n for way in ways for n in way}:
            values = [way.get(name, UNKNOWN) for way in ways]
            if all(v == values[0] for v in values):
                scope.names[name] = values[0]
            elif UNKNOWN in values:
                scope.names[name] = UNKNOWN
            else:
                scope.names[name] = Object("either", tuple(dict.fromkeys(values)))

    def branch(
        self, scope: Scope, branches: tuple[tuple[Expr, tuple[Stmt, ...]], ...], orelse: tuple[Stmt, ...]
    ) -> str:
        """The branches of an `if`: the one that is taken, or all that may be."""
        possible: list[tuple[Stmt, ...]] = []
        whys: list[Reason] = []
        otherwise: Reason = ()
        for test, body in branches:
            self.record(scope, test)
            value = self.value(scope, test)
            decided = Evaluator.truth(value)
            if decided is False:
                continue
            if decided is True:
                if not possible:
                    return self.run(scope, body)
                orelse = body
                break
            asked = reason(value) or NOT_KNOWN
            possible.append(body)
            whys.append((*otherwise, *asked))
            otherwise = (*otherwise, *opposite(asked))
        if not possible:
            return self.run(scope, orelse)
        return self.alternatives(scope, [*possible, orelse], [*whys, otherwise])

    def alternatives(self, scope: Scope, bodies: list[tuple[Stmt, ...]], whys: list[Reason]) -> str:
        """Blocks of which one runs, each with what must hold for it. Where all do the same, it is no matter which."""
        before = len(self.found)
        runs: list[list[Operation]] = []
        ends = []
        ways = []
        for body in bodies:
            start = len(self.found)
            inner = Scope(scope.key, dict(scope.names), scope.depth)
            ends.append(self.run(inner, body))
            runs.append(self.found[start:])
            if ends[-1] not in ("return", "raise"):
                ways.append(inner.names)
        self.merge(scope, ways)
        kept = [i for i, end in enumerate(ends) if end != "raise" or runs[i]]
        if kept and len(kept) < len(ends) and not self.caught:
            # a revision that raises is not applied: what is replayed went another way
            runs, ends, whys = [runs[i] for i in kept], [ends[i] for i in kept], [whys[i] for i in kept]
            if len(kept) == 1:
                return ends[0]
        shapes = [[shape(o) for o in run] for run in runs]
        if all(shape == shapes[0] for shape in shapes[1:]):
            self.found[before:] = runs[0]
        else:
            self.found[before:] = [depending(o, why) for run, why in zip(runs, whys, strict=True) for o in run]
        if all(end == ends[0] for end in ends):
            return ends[0]
        goes_on = [why for why, end in zip(whys, ends, strict=True) if end == ""]
        self.left = goes_on[0] if len(goes_on) == 1 and "maybe" not in ends else NOT_KNOWN
        return "maybe"

    def loop(self, scope: Scope, target: Expr, iterable: Expr, body: tuple[Stmt, ...]) -> str:
        """A loop over known items is unrolled; any other runs once with an unknown target."""
        items = self.value(scope, iterable)
        if isinstance(items, Mapping):
            items = tuple(k for k, _ in items.items)
        if items.__class__ is not tuple or len(items) > _UNROLLED:
            inner = Scope(scope.key, dict(scope.names), scope.depth)
            self.evaluator.assign(inner, target, UNKNOWN)
            self.perhaps(inner, body)
            scope.names.update(
                (name, _grown(scope.names.get(name, UNKNOWN), value))
                for name, value in inner.names.items()
                if scope.names.get(name, UNKNOWN) != value
            )
            return ""
        maybe = 0
        try:
            for item in items:
                self.evaluator.assign(scope, target, item)
                end = self.run(scope, body)
                if end in ("return", "raise"):
                    return end
                if end == "break":
                    break
                if end == "maybe":
                    maybe += 1
                    self.reasons.append(NOT_KNOWN)
        finally:
            del self.reasons[len(self.reasons) - maybe :]
        return "maybe" if maybe else ""

    def attempt(
        self,
        scope: Scope,
        body: tuple[Stmt, ...],
        handlers: tuple[Stmt, ...],
        orelse: tuple[Stmt, ...],
        final: tuple[Stmt, ...],
    ) -> str:
        """A `try`: with a handler that swallows, nothing in it is certain."""
        swallows = any(not handled or handled[-1][0] != "raise" for _, _, handled, _ in handlers)
        if not swallows:
            end = self.run(scope, body) or self.run(scope, orelse)
        else:
            self.attempts += 1
            well = Question("attempt", "", str(self.attempts), True, len(self.found))
            self.caught += 1
            self.perhaps(scope, body, (well,))
            self.caught -= 1
            for _, _, handled, _ in handlers:
                self.perhaps(scope, handled)
            self.perhaps(scope, orelse, (well,))
            end = ""
        return self.run(scope, final) or end
