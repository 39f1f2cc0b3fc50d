"""What an expression comes to, where the source alone decides it: plain Python values, and schema objects left as code.

DESIGN: the facts about tables and migrations hide behind helper functions (`*timestamps()`), constants, f-strings and loops over
literal lists. `Evaluator` follows those with a small interpreter over the intermediate representation. A value is

    a str, int, float, bytes, bool or None     a tuple of values (lists, tuples and sets alike)     a Mapping (dicts)
    Code       an expression that stands for an object of a library (`sa.Column(...)`, `String`), with what its names mean
    Ref        a class, function or module of the project
    UNKNOWN    everything else

Nothing of the project is run: a fixed set of harmless operations on strings and sequences is known, steps and sizes are bounded,
and what is not understood is UNKNOWN, never guessed.
"""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.evaluate_names import callee, constant, is_definition, is_enum, made_by, method_of, symbol_at
from layercheck.queries.evaluate_statements import Statements, grow
from layercheck.queries.evaluate_text import call_builtin, call_method
from layercheck.queries.evaluate_values import (
    DEPTH,
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
    is_number,
    is_plain,
    is_sequence,
    scope_of,
    text_in,
)
from layercheck.queries.symbols import resolve


class Evaluator(Statements):
    """Follows expressions and simple functions. One instance shares one budget of steps."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.steps = 0

    # ------------------------------------------------------------------------------------------------ expressions

    def value(self, scope: Scope, e: Expr | None) -> Value:
        """The value of an expression in a scope."""
        self.steps += 1
        if e is None or self.steps > STEPS:
            return UNKNOWN
        if e.__class__ is str:
            return self.name(scope, e)
        match e:
            case ("const", value):
                return value
            case ("ref", chain, _):
                return self.chain(scope, e, chain)
            case ("call", _, _, _, _):
                return self.call(scope, e)
            case ("list" | "tuple" | "set", items):
                return self.sequence(scope, items)
            case ("dict", pairs):
                return self.mapping(scope, pairs)
            case ("fstr", parts):
                return self.joined([self.value(scope, p) for p in parts])
            case ("op", operator, operands):
                return self.operation(operator, [self.value(scope, o) for o in operands])
            case ("attr", value, name, _):
                return self.attribute(self.value(scope, value), name, scope, e)
            case ("item", value, index, _):
                return self.item(scope, e, value, index)
            case ("ifexp", test, body, orelse):
                decided = self.truth(self.value(scope, test))
                return UNKNOWN if decided is None else self.value(scope, body if decided else orelse)
            case ("bool", operator, operands):
                return self.boolean(scope, operator, operands)
            case ("un", "not", operand):
                decided = self.truth(self.value(scope, operand))
                return UNKNOWN if decided is None else not decided
            case ("un", "-", operand):
                number = self.value(scope, operand)
                return -number if isinstance(number, int | float) else UNKNOWN
            case ("cmp", left, ((operator, right),), _):
                return self.compare(operator, self.value(scope, left), self.value(scope, right))
            case ("comp", "list" | "set" | "gen", element, ((target, iterable, conditions, False),), _):
                return self.comprehension(scope, element, target, iterable, conditions)
            case ("lambda", _, _):
                return self.code(scope, e)
        return UNKNOWN

    def code(self, scope: Scope, e: Expr) -> Code:
        """The expression itself, with the values of the local names that occur in it."""
        if not scope.names:
            return Code(scope.key, e)
        used = {name.partition(".")[0] for node in ir.walk(e) if (name := dotted(node)) is not None}
        used |= {str(n[1]).partition(".")[0] for n in ir.walk(e) if ir.is_a(n, "call") and isinstance(n[1], str)}
        return Code(
            scope.key,
            e,
            tuple(sorted(((n, scope.names[n]) for n in used if n in scope.names), key=lambda pair: pair[0])),
        )

    def name(self, scope: Scope, name: str) -> Value:
        if name in scope.names:
            return scope.names[name]
        row = self.project.get(Class, scope.key)
        if row is not None and any(raw[0] == name for raw in row.raw_fields) and scope.depth < DEPTH:
            found = constant(self.project, f"{scope.key}.{name}")
            if found is not UNKNOWN:
                return found
        return self.symbol(scope, name, symbol_at(self.project, scope.key, name))

    def symbol(self, scope: Scope, e: Expr, symbol: str | None) -> Value:
        """What a resolved name is worth."""
        if symbol is None:
            return UNKNOWN
        if ":" not in symbol:
            return {"builtins.True": True, "builtins.False": False, "builtins.None": None}.get(
                symbol, Code(scope.key, e)
            )
        if symbol.endswith(":") or is_definition(self.project, symbol):
            return Ref(symbol)
        return constant(self.project, symbol)

    def chain(self, scope: Scope, e: Expr, chain: str) -> Value:
        first, *rest = chain.split(".")
        if first in scope.names:
            value = scope.names[first]
            for part in rest:
                value = self.attribute(value, part, scope, e)
            return value
        symbol = symbol_at(self.project, scope.key, chain)
        if symbol is not None:
            if ":" in symbol and not symbol.endswith(":") and not is_definition(self.project, symbol):
                owner, _, name = symbol.rpartition(".")
                if project_class := self.project.get(Class, owner):
                    return self.class_attribute(project_class.key, name, scope, e)
            return self.symbol(scope, e, symbol)
        owner_chain, _, name = chain.rpartition(".")
        owner_value = self.chain(scope, e, owner_chain) if "." in owner_chain else self.name(scope, owner_chain)
        return self.attribute(owner_value, name, scope, e)

    def attribute(self, owner: Value, name: str, scope: Scope, e: Expr) -> Value:
        if isinstance(owner, Ref):
            if owner.key.endswith(":"):
                return self.symbol(scope, e, resolve(self.project, owner.key, name))
            return self.class_attribute(owner.key, name, scope, e)
        if isinstance(owner, Member):
            return {"value": owner.value, "name": owner.name}.get(name, UNKNOWN)
        if isinstance(owner, Code):
            return self.code(scope, e)
        return UNKNOWN

    def class_attribute(self, key: str, name: str, scope: Scope, e: Expr) -> Value:
        """`Model.__tablename__`, `Status.ACTIVE`, `Model.column` (left as code)."""
        from layercheck.queries.tables_mapping import table_name

        if name == "__name__":
            return key.rpartition(":")[2].rpartition(".")[2].partition("#")[0]
        if name == "__tablename__":
            table = table_name(self.project, key)
            return table if table is not None else UNKNOWN
        row = self.project.get(Class, key)
        if row is None:
            return UNKNOWN
        if is_enum(self.project, key):
            for raw in row.raw_fields:
                if raw[0] == name:
                    return Member(key, name, constant(self.project, f"{key}.{name}"))
            return UNKNOWN
        found = constant(self.project, f"{key}.{name}")
        return self.code(scope, e) if found is UNKNOWN or isinstance(found, Code) else found

    def sequence(self, scope: Scope, items: tuple[Expr, ...]) -> Value:
        out: list[Value] = []
        for item in items:
            if ir.is_a(item, "star"):
                inner = self.value(scope, item[1])
                if not is_sequence(inner):
                    return UNKNOWN
                out.extend(inner)
            else:
                out.append(self.value(scope, item))
        return tuple(out)

    def mapping(self, scope: Scope, pairs: tuple[tuple[Expr | None, Expr], ...]) -> Value:
        out: list[tuple[Value, Value]] = []
        for key, value in pairs:
            evaluated = self.value(scope, value)
            if key is None:
                if not isinstance(evaluated, Mapping):
                    return UNKNOWN
                out.extend(evaluated.items)
            else:
                out.append((self.value(scope, key), evaluated))
        return Mapping(tuple(out))

    def joined(self, parts: list[Value]) -> Value:
        texts = [text_in(p) for p in parts]
        return UNKNOWN if any(t is None for t in texts) else "".join(t for t in texts if t is not None)

    def operation(self, operator: str, values: list[Value]) -> Value:
        if operator == "+":
            if all(isinstance(v, str) for v in values):
                return "".join(values)
            if all(is_sequence(v) for v in values):
                return tuple(item for v in values for item in v)
            if all(is_number(v) for v in values):
                return sum(values)
        if operator == "|" and all(isinstance(v, Mapping) for v in values):
            return Mapping(tuple(pair for v in values for pair in v.items))
        if operator == "%" and len(values) == 2 and isinstance(values[0], str):
            arguments = values[1] if is_sequence(values[1]) else (values[1],)
            texts = [text_in(a) for a in arguments]
            if all(t is not None for t in texts) and values[0].count("%") == values[0].count("%s") == len(texts):
                return values[0] % tuple(texts)
        if operator == "*" and len(values) == 2 and all(is_number(v) for v in values):
            return values[0] * values[1]
        return UNKNOWN

    def boolean(self, scope: Scope, operator: str, operands: tuple[Expr, ...]) -> Value:
        value: Value = UNKNOWN
        for operand in operands:
            value = self.value(scope, operand)
            decided = self.truth(value)
            if decided is None:
                return UNKNOWN
            if decided is (operator == "or"):
                return value
        return value

    def compare(self, operator: str, left: Value, right: Value) -> Value:
        if not (is_plain(left) and is_plain(right)):
            return UNKNOWN
        match operator:
            case "==":
                return left == right
            case "!=":
                return left != right
            case "is":
                return left is right if right is None or isinstance(right, bool) else UNKNOWN
            case "is not":
                return left is not right if right is None or isinstance(right, bool) else UNKNOWN
            case "in" | "not in":
                if is_sequence(right) or (isinstance(right, str) and isinstance(left, str)):
                    return (left in right) is (operator == "in")
        return UNKNOWN

    def item(self, scope: Scope, e: Expr, value: Expr, index: Expr) -> Value:
        owner = self.value(scope, value)
        if isinstance(owner, Code | Ref):
            return self.code(scope, e)
        key = self.value(scope, index)
        if isinstance(owner, Mapping):
            return owner.get(key, UNKNOWN)
        if (is_sequence(owner) or isinstance(owner, str)) and isinstance(key, int) and -len(owner) <= key < len(owner):
            return owner[key]
        return UNKNOWN

    def comprehension(
        self, scope: Scope, element: Expr, target: Expr, iterable: Expr, conditions: tuple[Expr, ...]
    ) -> Value:
        items = self.value(scope, iterable)
        if isinstance(items, Mapping):
            items = tuple(k for k, _ in items.items)
        if not is_sequence(items):
            return UNKNOWN
        out = []
        inner = Scope(scope.key, dict(scope.names), scope.depth)
        for item in items:
            self.assign(inner, target, item)
            kept = [self.truth(self.value(inner, c)) for c in conditions]
            if any(k is None for k in kept):
                return UNKNOWN
            if all(kept):
                out.append(self.value(inner, element))
        return tuple(out)

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, scope: Scope, e: Expr) -> Value:
        """A call: of a known harmless function, of a project function (followed), or of a library (left as code)."""
        func = e[1]
        symbol = callee(self.project, scope, func)
        if (
            symbol is None
            or symbol.startswith("re.compile.")
            or (":" in symbol and not is_definition(self.project, symbol))
        ):
            found = self.method_call(scope, e)
            return self.code(scope, e) if found is NotImplemented else found
        if ":" in symbol:
            function = self.project.get(Function, symbol)
            return self.inline(scope, function, e) if function is not None else self.code(scope, e)
        if symbol == "builtins.dict" and not e[2] and all(name is not None for name, _ in e[3]):
            return Mapping(tuple((name, self.value(scope, value)) for name, value in e[3]))
        if symbol.startswith("builtins.") or symbol in ("re.sub", "re.split"):
            return self.plain_call(scope, e, lambda args: call_builtin(symbol, args))
        if symbol in (
            "alembic.op.f",
            "alembic.BatchOperations.f",
            "sqlalchemy.sql.quoted_name",
            "sqlalchemy.quoted_name",
            "typing.cast",
        ):
            return self.value(scope, e[2][-1 if symbol == "typing.cast" else 0]) if e[2] else UNKNOWN
        if symbol in ("sqlalchemy.orm.has_inherited_table", "sqlalchemy.ext.declarative.has_inherited_table"):
            from layercheck.queries.tables_mapping import mapped_parent

            cls = self.value(scope, e[2][0]) if e[2] else UNKNOWN
            return mapped_parent(self.project, cls.key) is not None if isinstance(cls, Ref) else UNKNOWN
        return self.code(scope, e)

    def method_call(self, scope: Scope, e: Expr) -> Value:
        """A method of a plain value: `name.lower()`, `columns.items()`; NotImplemented for methods of other objects."""
        method = method_of(e[1])
        owner = self.value(scope, method[0]) if method is not None else UNKNOWN
        if method is not None and isinstance(owner, Mapping):
            return self.mapping_method(owner, method[1], self.sequence(scope, e[2]))
        if method is not None and (isinstance(owner, str) or is_sequence(owner)):
            return self.plain_call(scope, e, lambda args: call_method(owner, method[1], args))
        if method is not None and method[1] in ("sub", "split") and (pattern := self.compiled(owner)) is not None:
            return self.plain_call(scope, e, lambda args: call_builtin(f"re.{method[1]}", (pattern, *args)))
        return NotImplemented

    def compiled(self, value: Value) -> str | None:
        """The pattern of `re.compile("...")`; None for anything else, flags included."""
        if not isinstance(value, Code) or not ir.is_a(value.expr, "call") or len(value.expr[2]) != 1 or value.expr[3]:
            return None
        scope = scope_of(value)
        pattern = (
            self.value(scope, value.expr[2][0]) if callee(self.project, scope, value.expr[1]) == "re.compile" else None
        )
        return pattern if isinstance(pattern, str) else None

    @staticmethod
    def mapping_method(owner: Mapping, name: str, args: Value) -> Value:
        """`items`, `keys`, `values` and `get` of a dict."""
        if name in ("items", "keys", "values") and args == ():
            return tuple({"items": (k, v), "keys": k, "values": v}[name] for k, v in owner.items)
        if name == "get" and args is not UNKNOWN and 1 <= len(args) <= 2 and is_plain(args[0]):
            return owner.get(args[0], args[1] if len(args) == 2 else None)
        return UNKNOWN

    def plain_call(self, scope: Scope, e: Expr, function: Any) -> Value:
        """Apply one of the known functions to values that are all known."""
        args = self.sequence(scope, e[2])
        if args is UNKNOWN or e[3]:
            return UNKNOWN
        plain = tuple(tuple(k for k, _ in a.items) if isinstance(a, Mapping) else a for a in args)
        if any(a is UNKNOWN for a in plain):
            return UNKNOWN
        found = function(plain)
        return UNKNOWN if found is NotImplemented else found

    def arguments(
        self, scope: Scope, function: Function, e: Expr, bound: tuple[Value, ...] = ()
    ) -> dict[str, Value] | None:
        """The values of a project function's parameters in a call; None when they cannot be matched."""
        given = self.sequence(scope, e[2])
        if given is UNKNOWN:
            return None
        positional = [*bound, *given]
        named: dict[str, Value] = {}
        for name, value in e[3]:
            evaluated = self.value(scope, value)
            if name is not None:
                named[name] = evaluated
            elif isinstance(evaluated, Mapping):
                named.update((k, v) for k, v in evaluated.items if isinstance(k, str))
            else:
                return None
        out: dict[str, Value] = {}
        outside = Scope(f"{function.path}:{function.cls or function.parent}", depth=scope.depth + 1)
        for param in function.params:
            if param.kind == "var":
                out[param.name] = tuple(positional)
                positional = []
            elif param.kind == "kwvar":
                out[param.name] = Mapping(tuple(named.items()))
                named = {}
            elif positional and param.kind in ("pos", "arg"):
                out[param.name] = positional.pop(0)
            elif param.name in named:
                out[param.name] = named.pop(param.name)
            elif param.default is not None:
                out[param.name] = self.value(outside, param.default)
            else:
                return None
        return None if positional or named else out

    def inline(self, scope: Scope, function: Function, e: Expr, bound: tuple[Value, ...] = ()) -> Value:
        """What a call of a project function returns, followed through its statements; the call itself as code if it cannot."""
        body = self.project.get(Body, function.key)
        if body is None or function.is_async or function.is_generator or scope.depth >= DEPTH:
            return UNKNOWN
        names = self.arguments(scope, function, e, bound)
        if names is None:
            return UNKNOWN
        try:
            self.run(Scope(function.key, names, scope.depth + 1), body.statements)
        except Returned as found:
            return found.value
        except GiveUp:
            return UNKNOWN
        return None


__all__ = [
    "UNKNOWN", "Code", "Evaluator", "Mapping", "Member", "Object", "Ref", "Returned", "Scope", "Value", "callee", "constant", "grow",
    "is_enum", "made_by", "scope_of", "symbol_at",
]  # fmt: skip
