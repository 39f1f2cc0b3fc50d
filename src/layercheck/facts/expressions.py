"""The one walk, first half: expressions of one body become the intermediate representation of `layercheck.ir`.

DESIGN: a `Scope` walks one body (of a function, class or module) and holds what belongs to it; nested bodies get their own. Expressions are
most of a tree, so this is where the time of a cold run goes. Names, constants and chains of attributes are dealt with where they are met, without a call;
all else is found by a dictionary on the node's class. Of a node that has a place only the node itself is noted (`marks`); line
and column are read off all of them in one go when the body is done, and columns are only counted in characters on lines that are not ASCII.
"""

from __future__ import annotations

import _ast as ast  # see `parsing.nodes.walk`
from _ast import Attribute, Await, BinOp, BitOr, Call, Constant, List, Name, Starred, Subscript, Tuple
from collections.abc import Callable
from itertools import chain as flattened
from operator import attrgetter, itemgetter
from typing import Any, Protocol

from layercheck.ir import UNKNOWN, Expr
from layercheck.parsing import parse
from layercheck.parsing.nodes import TemplateStr, walk

MAX_DEPTH = 120
"""Expressions and blocks nested deeper than this become UNKNOWN: marshal and readers must never meet unbounded depth."""
_SHORT_TEXT = 8
"""A literal of no more characters is no secret by its form."""

OPS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.MatMult: "@",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.Not: "not", ast.USub: "-", ast.UAdd: "+",
    ast.Invert: "~", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_COMPREHENSIONS: dict[type, str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "gen",
}
_attributes = attrgetter("__dict__")
_place = itemgetter("lineno", "col_offset", "end_lineno", "end_col_offset")


class Sealer(Protocol):
    """What takes the secrets out of a file before anything is kept of it: it changes the values of constants in the tree."""

    found: list[ast.Constant]
    """The literals that it changed."""

    def node(self, node: ast.AST) -> None:
        """Asked before an assignment, dictionary, comparison or list of parameters is walked: these give literals to names."""

    def call(self, node: ast.Call) -> None:
        """The same for a call with arguments."""

    def literal(self, node: ast.Constant) -> None:
        """Asked before a literal is kept."""

    def text(self, text: str) -> str:
        """What may be kept of a text that is no Python."""


class Lines:
    """The text of a file, as far as places need it: columns of a tree count bytes, those of rows characters."""

    def __init__(self, text: str, first: int = 0) -> None:
        """`first`: how many lines of the file stand before the text."""
        self.first = first
        self.wide: dict[int, str] = {}
        """The lines that are not ASCII, by number."""
        if not text.isascii():
            self.wide = {number: line for number, line in enumerate(text.split("\n"), 1) if not line.isascii()}

    def column(self, line: int, byte_column: int) -> int:
        """The character column of a UTF-8 byte column."""
        text = self.wide.get(line)
        if text is None:
            return byte_column
        return len(text.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "replace"))

    def places(self, nodes: list[Any]) -> list[int]:
        """Where nodes stand, as flat quadruples."""
        flat = list(flattened.from_iterable(map(_place, map(_attributes, nodes))))
        if self.wide:
            starts, ends = flat[::4], flat[2::4]
            if not (self.wide.keys().isdisjoint(starts) and self.wide.keys().isdisjoint(ends)):
                flat[1::4] = map(self.column, starts, flat[1::4])
                flat[3::4] = map(self.column, ends, flat[3::4])
        if self.first:
            flat[::4] = [line + self.first for line in flat[::4]]
            flat[2::4] = [line + self.first for line in flat[2::4]]
        return flat


class ExpressionWalker:
    """Walks the expressions of one body. Statements: `extract.Scope`."""

    __slots__ = (
        "binds",
        "calls",
        "context",
        "contexts",
        "depth",
        "generator",
        "lines",
        "marks",
        "qualname",
        "sealer",
        "texts",
        "words",
    )

    def __init__(self, lines: Lines, sealer: Sealer | None, qualname: str, depth: int) -> None:
        self.lines = lines
        self.sealer = sealer
        self.qualname = qualname
        self.depth = depth
        self.marks: list[Any] = []
        """The nodes that have places, by ordinal."""
        self.calls: list[Any] = []
        self.binds: list[Any] = []
        self.contexts: list[Any] = [("", -1, -1, None)]
        self.context = 0
        self.generator = False
        self.words: dict[str, None] = {}
        self.texts: dict[str, None] = {}

    def mark(self, node: Any) -> int:
        """Note that the node has a place, and return its ordinal."""
        marks = self.marks
        marks.append(node)
        return len(marks) - 1

    # ---------------------------------------------------------------------------------------------- expressions

    def expr(self, node: Any) -> Expr:
        """The representation of an expression."""
        kind = node.__class__
        if kind is Name:
            name = node.id
            self.words[name] = None
            return name
        if kind is Constant:
            value = node.value
            if value.__class__ is str:
                if len(value) > _SHORT_TEXT and self.sealer is not None:
                    self.sealer.literal(node)
                    value = node.value
                self.texts[value] = None
            elif value.__class__ is bytes and self.sealer is not None and len(value) > _SHORT_TEXT:
                return self.constant(node)
            return ("const", value)
        depth = self.depth
        if depth > MAX_DEPTH:
            return UNKNOWN
        if kind is Attribute:
            value = node.value
            if value.__class__ is Name:
                name = value.id
                self.words[name] = None
                self.words[node.attr] = None
                marks = self.marks
                marks.append(node)
                return ("ref", f"{name}.{node.attr}", len(marks) - 1)
        method = _EXPRESSIONS.get(kind)
        if method is None:
            return UNKNOWN
        self.depth = depth + 1
        made = method(self, node)
        self.depth = depth
        return made

    def constant(self, node: Any) -> Expr:
        value = node.value
        if (
            self.sealer is not None
            and (value.__class__ is str or value.__class__ is bytes)
            and len(value) > _SHORT_TEXT
        ):
            self.sealer.literal(node)
            value = node.value
        if value.__class__ is str:
            self.texts[value] = None
        return ("const", value)

    def exprs(self, nodes: list[Any]) -> tuple[Expr, ...]:
        return tuple([self.expr(n) for n in nodes])

    def optional(self, node: Any) -> Expr | None:
        return None if node is None else self.expr(node)

    def chain(self, node: Any) -> str | None:
        """The dotted text of a chain of attributes on a name."""
        parts = []
        while node.__class__ is Attribute:
            parts.append(node.attr)
            node = node.value
        if node.__class__ is not Name:
            return None
        words = self.words
        dotted = node.id
        words[dotted] = None
        while parts:
            part = parts.pop()
            words[part] = None
            dotted = f"{dotted}.{part}"
        return dotted

    def attribute(self, node: Any) -> Expr:
        chain = self.chain(node)
        if chain is not None:
            return ("ref", chain, self.mark(node))
        self.words[node.attr] = None
        return ("attr", self.expr(node.value), node.attr, self.mark(node))

    def call(self, node: Any, awaited: bool = False, use: str = "") -> Expr:
        arguments, named = node.args, node.keywords
        if (arguments or named) and self.sealer is not None:
            self.sealer.call(node)
        func_node = node.func
        kind = func_node.__class__
        words = self.words
        func: Expr
        if kind is Name:
            func = func_node.id
            words[func] = None
        elif kind is Attribute:
            value = func_node.value
            if value.__class__ is Name:
                func = value.id
                words[func] = None
                words[func_node.attr] = None
                func = f"{func}.{func_node.attr}"
            else:
                func = self.chain(func_node) or self.attribute(func_node)
        else:
            func = self.expr(func_node)
            if func.__class__ is tuple and func[0] == "call":
                words["()()"] = None
        expr = self.expr
        args = tuple([expr(a) for a in arguments]) if arguments else ()
        keywords: tuple[Any, ...] = ()
        if named:
            keywords = tuple([(k.arg, expr(k.value)) for k in named])
            for name, _ in keywords:
                words[name or "**"] = None
        words["()"] = None
        marks = self.marks
        result = ("call", func, args, keywords, len(marks))
        marks.append(node)
        self.calls.append((result, self.context, awaited, use))
        return result

    def used(self, node: Any, use: str) -> Expr:
        """An expression whose value is used in a known way; marks the call (awaited or not) at its top."""
        kind = node.__class__
        awaited = kind is Await
        if awaited:
            node = node.value
            kind = node.__class__
        if kind is not Call:
            made = self.expr(node)
        elif (depth := self.depth) > MAX_DEPTH:
            made = UNKNOWN
        else:
            self.depth = depth + 1
            made = self.call(node, awaited, use)
            self.depth = depth
        return ("await", made) if awaited else made

    def await_(self, node: Any) -> Expr:
        return self.used(node, "")

    def subscript(self, node: Any) -> Expr:
        return ("item", self.expr(node.value), self.expr(node.slice), self.mark(node))

    def binop(self, node: Any) -> Expr:
        operator = node.op.__class__
        return ("op", OPS[operator], self.exprs(_operands(node, operator)))

    def boolop(self, node: Any) -> Expr:
        return ("bool", OPS[node.op.__class__], self.exprs(node.values))

    def unary(self, node: Any) -> Expr:
        return ("un", OPS[node.op.__class__], self.expr(node.operand))

    def compare(self, node: Any) -> Expr:
        if self.sealer is not None:
            self.sealer.node(node)
        left = self.expr(node.left)
        rest = tuple([(OPS[o.__class__], self.expr(c)) for o, c in zip(node.ops, node.comparators, strict=False)])
        return ("cmp", left, rest, self.mark(node))

    def ifexp(self, node: Any) -> Expr:
        test = self.expr(node.test)
        at = self.mark(node)
        outer = self.enter("if", at, test)
        body = self.expr(node.body)
        self.context = outer
        outer = self.enter("else", at, test)
        orelse = self.expr(node.orelse)
        self.context = outer
        return ("ifexp", test, body, orelse)

    def lambda_(self, node: Any) -> Expr:
        outer = self.enter("lambda", self.mark(node), None)
        body = self.expr(node.body)
        self.context = outer
        arguments = node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        return ("lambda", tuple(names), body)

    def comprehension(self, node: Any) -> Expr:
        kind = _COMPREHENSIONS[node.__class__]
        self.words["for"] = None
        at = self.mark(node)
        outer = self.context
        generators = []
        for generator in node.generators:
            iterable = self.used(generator.iter, "iter")
            self.enter("comp", at, (iterable, None))
            target = self.target(generator.target, "comp", iterable)
            conditions = self.exprs(generator.ifs)
            generators.append((target, iterable, conditions, bool(generator.is_async)))
        if kind == "dict":
            element: Expr = ("tuple", (self.expr(node.key), self.expr(node.value) if node.value else UNKNOWN))
        else:
            element = self.expr(node.elt)
        self.context = outer
        return ("comp", kind, element, tuple(generators), at)

    def fstring(self, node: Any) -> Expr:
        parts: list[Expr] = []
        for value in node.values:
            if value.__class__ is Constant:
                parts.append(self.constant(value))
            elif hasattr(value, "value"):
                parts.append(self.expr(value.value))
        return ("fstr", tuple(parts))

    def yield_(self, node: Any) -> Expr:
        self.generator = True
        self.words["yield"] = None
        return ("yield", self.optional(node.value))

    def yield_from(self, node: Any) -> Expr:
        self.generator = True
        self.words["yield"] = None
        return ("yieldfrom", self.expr(node.value))

    def walrus(self, node: Any) -> Expr:
        value = self.used(node.value, "bind")
        name = node.target.id
        self.words[name] = None
        self.bind(name, ":=", value, None, self.mark(node))
        return ("walrus", name, value)

    def dict_(self, node: Any) -> Expr:
        if self.sealer is not None:
            self.sealer.node(node)
        pairs = zip(node.keys, node.values, strict=True)
        return ("dict", tuple([(None if k is None else self.expr(k), self.expr(v)) for k, v in pairs]))

    def tuple_(self, node: Any) -> Expr:
        return ("tuple", tuple([self.expr(n) for n in node.elts]))

    def list_(self, node: Any) -> Expr:
        return ("list", tuple([self.expr(n) for n in node.elts]))

    def set_(self, node: Any) -> Expr:
        return ("set", tuple([self.expr(n) for n in node.elts]))

    def star(self, node: Any) -> Expr:
        return ("star", self.expr(node.value))

    def slice_(self, node: Any) -> Expr:
        return ("slice", self.optional(node.lower), self.optional(node.upper), self.optional(node.step))

    # ---------------------------------------------------------------------------------------------- annotations

    def annotation(self, node: Any) -> Expr | None:
        """An annotation; quoted ones are parsed (their inner positions are those of the string)."""
        if node is None:
            return None
        depth = self.depth
        if depth > MAX_DEPTH:
            return UNKNOWN
        if node.__class__ is Name:
            name = node.id
            self.words[name] = None
            return name
        self.depth = depth + 1
        made = self.type_form(node)
        self.depth = depth
        return made

    def type_form(self, node: Any) -> Expr | None:
        kind = node.__class__
        if kind is Constant and node.value.__class__ is str:
            try:
                inner = parse(f"({node.value})").body[0]
            except (SyntaxError, ValueError, IndexError):
                return UNKNOWN
            for part in walk(inner):
                if hasattr(part, "lineno"):
                    part.lineno, part.col_offset = node.lineno, node.col_offset  # type: ignore[attr-defined]
                    part.end_lineno, part.end_col_offset = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
            return self.annotation(inner.value) if isinstance(inner, ast.Expr) else UNKNOWN
        if kind is Subscript:
            # quoted names inside list["User"], Mapped[list["Post"]]: strings in a subscript of an annotation are types,
            # except below Literal and after the first item of Annotated.
            head = (self.chain(node.value) or "").rpartition(".")[2]
            if head == "Literal":
                return self.expr(node)
            value = self.expr(node.value)
            index = node.slice
            if index.__class__ is Tuple:
                parts = index.elts
                annotated = head == "Annotated"
                items = tuple([self.expr(p) if annotated and i else self.annotation(p) for i, p in enumerate(parts)])
                return ("item", value, ("tuple", items), self.mark(node))
            return ("item", value, self.annotation(index), self.mark(node))
        if kind is BinOp and node.op.__class__ is BitOr:
            return ("op", "|", tuple([self.annotation(option) for option in _operands(node, BitOr)]))
        return self.expr(node)

    # -------------------------------------------------------------------------------------------------- control

    def enter(self, kind: str, construct: int, info: Any) -> int:
        """Open a control structure; returns the context to go back to."""
        contexts = self.contexts
        outer = self.context
        self.context = len(contexts)
        contexts.append((kind, outer, construct, info))
        return outer

    def bind(self, name: str, kind: str, value: Expr | None, annotation: Expr | None, at: int) -> None:
        self.binds.append((name, kind, value, annotation, self.context, at))

    def target(self, node: Any, kind: str, value: Expr | None, annotation: Expr | None = None) -> Expr:
        """An assignment target: note what it binds."""
        cls = node.__class__
        if cls is Name:
            name = node.id
            self.words[name] = None
            marks = self.marks
            self.binds.append((name, kind, value, annotation, self.context, len(marks)))
            marks.append(node)
            return name
        if cls is Attribute:
            chain = self.chain(node)
            if chain is not None:
                at = self.mark(node)
                self.bind(chain, kind, value, annotation, at)
                return ("ref", chain, at)
            return self.expr(node)
        if cls is Tuple or cls is List:
            items = []
            for i, element in enumerate(node.elts):
                part: Expr | None = value
                part_kind = kind
                if value is not None and kind == "=" and isinstance(value, tuple) and value[0] in ("tuple", "list"):
                    part = value[1][i] if i < len(value[1]) and len(value[1]) == len(node.elts) else UNKNOWN
                elif value is not None:
                    part = ("item", ("elem", kind, value) if kind != "=" else value, ("const", i), 0)
                    part_kind = "="
                items.append(self.target(element, part_kind, part))
            return ("tuple", tuple(items))
        if cls is Starred:
            return ("star", self.target(node.value, "=", UNKNOWN))
        return self.expr(node)


def _operands(node: Any, operator: type) -> list[Any]:
    """The operands of a chain of one operator, in source order."""
    operands = [node.right]
    left = node.left
    while left.__class__ is BinOp and left.op.__class__ is operator:
        operands.append(left.right)
        left = left.left
    operands.append(left)
    operands.reverse()
    return operands


W = ExpressionWalker
_EXPRESSIONS: dict[type, Callable[[Any, Any], Expr]] = {
    ast.Attribute: W.attribute,
    ast.Call: W.call,
    ast.Await: W.await_,
    ast.Subscript: W.subscript,
    ast.BinOp: W.binop,
    ast.BoolOp: W.boolop,
    ast.UnaryOp: W.unary,
    ast.Compare: W.compare,
    ast.IfExp: W.ifexp,
    ast.Lambda: W.lambda_,
    ast.ListComp: W.comprehension,
    ast.SetComp: W.comprehension,
    ast.DictComp: W.comprehension,
    ast.GeneratorExp: W.comprehension,
    ast.JoinedStr: W.fstring,
    ast.Yield: W.yield_,
    ast.YieldFrom: W.yield_from,
    ast.NamedExpr: W.walrus,
    ast.Dict: W.dict_,
    ast.Tuple: W.tuple_,
    ast.List: W.list_,
    ast.Set: W.set_,
    ast.Starred: W.star,
    ast.Slice: W.slice_,
    TemplateStr: W.fstring,  # Python 3.14, PEP 750; a stand-in on older hosts
}
