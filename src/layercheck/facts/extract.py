"""The one walk: an `ast` tree becomes rows.

DESIGN: `Extractor` has one method a node kind, found by a dictionary on the node's class, and returns the intermediate
representation of `layercheck.ir`. While it converts a body it also notes, in the same pass, every call, every binding and every
control structure, because it knows at that moment what surrounds them. A `_Scope` holds what belongs to the body being walked
(function, class body or module); nested functions push their own. Nothing here looks outside the file.
"""

from __future__ import annotations

import ast
from typing import Any, Protocol

from layercheck.ir import UNKNOWN, Expr, Stmt
from layercheck.parsing import parse
from layercheck.parsing.nodes import TemplateStr

_MAX_DEPTH = 120
"""Expressions and blocks nested deeper than this become UNKNOWN: marshal and readers must never meet unbounded depth."""

_OPS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.MatMult: "@",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.Not: "not", ast.USub: "-", ast.UAdd: "+",
    ast.Invert: "~", ast.And: "and", ast.Or: "or",
}  # fmt: skip

Positions = list[int]
StoredRow = tuple[str, tuple[Any, ...], tuple[int, ...]]


class Sealer(Protocol):
    """What takes the secrets out of a file before anything is kept of it: it changes the values of constants in the tree."""

    found: list[ast.Constant]
    """The literals that it changed."""

    def node(self, node: ast.AST) -> None:
        """Asked before a call, assignment, dictionary, comparison or list of parameters is walked: these give literals to names."""

    def literal(self, node: ast.Constant) -> None:
        """Asked before a literal is kept."""

    def text(self, text: str) -> str:
        """What may be kept of a text that is no Python."""


class _Scope:
    """What belongs to one body while it is walked."""

    __slots__ = (
        "binds",
        "calls",
        "context",
        "contexts",
        "generator",
        "global_names",
        "nested",
        "positions",
        "qualname",
        "self_name",
        "texts",
        "words",
    )

    def __init__(self, qualname: str, self_name: str = "") -> None:
        self.qualname = qualname
        self.self_name = self_name
        self.positions: Positions = []
        self.calls: list[Any] = []
        self.binds: list[Any] = []
        self.contexts: list[Any] = [("", -1, -1, None)]
        self.context = 0
        self.generator = False
        self.global_names: list[str] = []
        self.nested: list[str] = []
        self.words: dict[str, None] = {}
        self.texts: dict[str, None] = {}


class Extractor:
    """Turns one parsed file into stored rows. Use `extract`."""

    def __init__(self, path: str, text: str, sealer: Sealer | None = None) -> None:
        self.sealer = sealer
        self.path = path
        self.rows: dict[str, list[StoredRow]] = {"Module": [], "Function": [], "Class": [], "Body": [], "Source": []}
        self.ascii = text.isascii()
        self.lines: list[str] = [] if self.ascii else text.split("\n")
        self.imports: list[tuple[Any, ...]] = []
        self.module_positions: Positions = [1, 0, 1, 0]
        self.names: dict[str, tuple[str, str]] = {}
        self.taken: set[str] = set()
        self.type_checking = 0
        self.guarded = 0
        self.depth = 0
        self.classes: list[Any] = []
        self.scope = _Scope("")

    # ------------------------------------------------------------------------------------------------ positions

    def mark(self, node: Any) -> int:
        """Note the node's span in the current scope and return its ordinal."""
        return self.mark_in(self.scope.positions, node)

    def mark_in(self, positions: Positions, node: Any) -> int:
        at = len(positions) >> 2
        if self.ascii:
            positions += (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        else:
            positions += (
                node.lineno, self.column(node.lineno, node.col_offset),
                node.end_lineno, self.column(node.end_lineno, node.end_col_offset),
            )  # fmt: skip
        return at

    def column(self, line: int, byte_column: int) -> int:
        """The character column of a UTF-8 byte column."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return byte_column
        return len(text.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "replace"))

    def head_mark(self, positions: Positions, node: Any, keyword: str) -> None:
        """The span of `def name` or `class name`, not of the whole block."""
        line, column = node.lineno, node.col_offset if self.ascii else self.column(node.lineno, node.col_offset)
        positions += (line, column, line, column + len(keyword) + 1 + len(node.name))

    # ---------------------------------------------------------------------------------------------- expressions

    def expr(self, node: Any) -> Expr:
        """The representation of an expression."""
        kind = node.__class__
        if kind is ast.Name:
            self.scope.words[node.id] = None
            return node.id
        if kind is ast.Constant:
            return self.constant(node)
        if self.depth > _MAX_DEPTH:
            return UNKNOWN
        method = _EXPRESSIONS.get(kind)
        if method is None:
            return UNKNOWN
        self.depth += 1
        try:
            return method(self, node)
        finally:
            self.depth -= 1

    def constant(self, node: Any) -> Expr:
        value = node.value
        if self.sealer is not None and (value.__class__ is str or value.__class__ is bytes) and len(value) > 8:
            self.sealer.literal(node)
            value = node.value
        if value.__class__ is str:
            self.scope.texts[value] = None
        return ("const", value)

    def exprs(self, nodes: list[Any]) -> tuple[Expr, ...]:
        return tuple([self.expr(n) for n in nodes])

    def optional(self, node: Any) -> Expr | None:
        return None if node is None else self.expr(node)

    def chain(self, node: Any) -> str | None:
        """The dotted text of a chain of attributes on a name."""
        parts = []
        while node.__class__ is ast.Attribute:
            parts.append(node.attr)
            node = node.value
        if node.__class__ is not ast.Name:
            return None
        parts.append(node.id)
        parts.reverse()
        self.scope.words.update(dict.fromkeys(parts))
        return ".".join(parts)

    def attribute(self, node: Any) -> Expr:
        chain = self.chain(node)
        if chain is not None:
            return ("ref", chain, self.mark(node))
        self.scope.words[node.attr] = None
        return ("attr", self.expr(node.value), node.attr, self.mark(node))

    def call(self, node: Any, awaited: bool = False, use: str = "") -> Expr:
        if self.sealer is not None:
            self.sealer.node(node)
        func_node = node.func
        func: Expr
        if func_node.__class__ is ast.Name:
            func = func_node.id
            self.scope.words[func] = None
        elif func_node.__class__ is ast.Attribute:
            func = self.chain(func_node) or self.attribute(func_node)
        else:
            func = self.expr(func_node)
        args = tuple([self.expr(a) for a in node.args])
        keywords = tuple([(k.arg, self.expr(k.value)) for k in node.keywords])
        for name, _ in keywords:
            self.scope.words[name or "**"] = None
        result = ("call", func, args, keywords, self.mark(node))
        scope = self.scope
        scope.calls.append((result, scope.context, awaited, use))
        return result

    def used(self, node: Any, use: str) -> Expr:
        """An expression whose value is used in a known way; marks the call (awaited or not) at its top."""
        if node.__class__ is ast.Call:
            return self.nested_call(node, False, use)
        if node.__class__ is ast.Await:
            if node.value.__class__ is ast.Call:
                return ("await", self.nested_call(node.value, True, use))
            return ("await", self.expr(node.value))
        return self.expr(node)

    def nested_call(self, node: Any, awaited: bool, use: str) -> Expr:
        if self.depth > _MAX_DEPTH:
            return UNKNOWN
        self.depth += 1
        try:
            return self.call(node, awaited, use)
        finally:
            self.depth -= 1

    def await_(self, node: Any) -> Expr:
        return self.used(node, "")

    def subscript(self, node: Any) -> Expr:
        return ("item", self.expr(node.value), self.expr(node.slice), self.mark(node))

    def binop(self, node: Any) -> Expr:
        operator = node.op.__class__
        operands = [node.right]
        left = node.left
        while left.__class__ is ast.BinOp and left.op.__class__ is operator:
            operands.append(left.right)
            left = left.left
        operands.append(left)
        operands.reverse()
        return ("op", _OPS[operator], self.exprs(operands))

    def boolop(self, node: Any) -> Expr:
        return ("bool", _OPS[node.op.__class__], self.exprs(node.values))

    def unary(self, node: Any) -> Expr:
        return ("un", _OPS[node.op.__class__], self.expr(node.operand))

    def compare(self, node: Any) -> Expr:
        if self.sealer is not None:
            self.sealer.node(node)
        left = self.expr(node.left)
        rest = tuple([(_OPS[o.__class__], self.expr(c)) for o, c in zip(node.ops, node.comparators, strict=False)])
        return ("cmp", left, rest, self.mark(node))

    def ifexp(self, node: Any) -> Expr:
        test = self.expr(node.test)
        at = self.mark(node)
        outer = self.enter("if", at, test)
        body = self.expr(node.body)
        self.leave(outer)
        outer = self.enter("else", at, test)
        orelse = self.expr(node.orelse)
        self.leave(outer)
        return ("ifexp", test, body, orelse)

    def lambda_(self, node: Any) -> Expr:
        outer = self.enter("lambda", self.mark(node), None)
        body = self.expr(node.body)
        self.leave(outer)
        arguments = node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        return ("lambda", tuple(names), body)

    def comprehension(self, node: Any) -> Expr:
        kind = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "gen"}[node.__class__]
        at = self.mark(node)
        outer = self.scope.context
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
        self.leave(outer)
        return ("comp", kind, element, tuple(generators), at)

    def fstring(self, node: Any) -> Expr:
        parts: list[Expr] = []
        for value in node.values:
            if value.__class__ is ast.Constant:
                parts.append(self.constant(value))
            elif hasattr(value, "value"):
                parts.append(self.expr(value.value))
        return ("fstr", tuple(parts))

    def yield_(self, node: Any) -> Expr:
        self.scope.generator = True
        return ("yield", self.optional(node.value))

    def yield_from(self, node: Any) -> Expr:
        self.scope.generator = True
        return ("yieldfrom", self.expr(node.value))

    def walrus(self, node: Any) -> Expr:
        value = self.used(node.value, "bind")
        name = node.target.id
        self.scope.words[name] = None
        self.bind(name, ":=", value, None, self.mark(node))
        return ("walrus", name, value)

    def dict_(self, node: Any) -> Expr:
        if self.sealer is not None:
            self.sealer.node(node)
        return (
            "dict",
            tuple(
                [
                    (None if k is None else self.expr(k), self.expr(v))
                    for k, v in zip(node.keys, node.values, strict=True)
                ]
            ),
        )

    def annotation(self, node: Any) -> Expr | None:
        """An annotation; quoted ones are parsed (their inner positions are those of the string)."""
        if node is None:
            return None
        if self.depth > _MAX_DEPTH:
            return UNKNOWN
        self.depth += 1
        try:
            return self.type_form(node)
        finally:
            self.depth -= 1

    def type_form(self, node: Any) -> Expr | None:
        if node.__class__ is ast.Constant and node.value.__class__ is str:
            try:
                inner = parse(f"({node.value})").body[0]
            except (SyntaxError, ValueError, IndexError):
                return UNKNOWN
            for part in ast.walk(inner):
                if hasattr(part, "lineno"):
                    part.lineno, part.col_offset = node.lineno, node.col_offset  # type: ignore[attr-defined]
                    part.end_lineno, part.end_col_offset = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
            return self.annotation(inner.value) if isinstance(inner, ast.Expr) else UNKNOWN
        if node.__class__ is ast.Subscript:
            # quoted names inside list["User"], Mapped[list["Post"]]: strings in a subscript of an annotation are types,
            # except below Literal and after the first item of Annotated.
            head = self.chain(node.value) or ""
            if head.rpartition(".")[2] == "Literal":
                return self.expr(node)
            value = self.expr(node.value)
            index = node.slice
            if index.__class__ is ast.Tuple:
                parts = index.elts
                annotated = head.rpartition(".")[2] == "Annotated"
                items = tuple(self.expr(p) if annotated and i else self.annotation(p) for i, p in enumerate(parts))
                return ("item", value, ("tuple", items), self.mark(node))
            return ("item", value, self.annotation(index), self.mark(node))
        if node.__class__ is ast.BinOp and node.op.__class__ is ast.BitOr:
            options = [node.right]
            left = node.left
            while left.__class__ is ast.BinOp and left.op.__class__ is ast.BitOr:
                options.append(left.right)
                left = left.left
            options.append(left)
            options.reverse()
            return ("op", "|", tuple([self.annotation(option) for option in options]))
        return self.expr(node)

    # -------------------------------------------------------------------------------------------------- control

    def enter(self, kind: str, construct: int, info: Any) -> int:
        """Open a control structure; returns the context to go back to."""
        scope = self.scope
        outer = scope.context
        scope.contexts.append((kind, outer, construct, info))
        scope.context = len(scope.contexts) - 1
        return outer

    def leave(self, outer: int) -> None:
        self.scope.context = outer

    def bind(self, name: str, kind: str, value: Expr | None, annotation: Expr | None, at: int) -> None:
        scope = self.scope
        scope.binds.append((name, kind, value, annotation, scope.context, at))

    def target(self, node: Any, kind: str, value: Expr | None, annotation: Expr | None = None) -> Expr:
        """An assignment target: note what it binds."""
        cls = node.__class__
        if cls is ast.Name:
            self.scope.words[node.id] = None
            self.bind(node.id, kind, value, annotation, self.mark(node))
            return node.id
        if cls is ast.Attribute:
            chain = self.chain(node)
            if chain is not None:
                at = self.mark(node)
                self.bind(chain, kind, value, annotation, at)
                return ("ref", chain, at)
            return self.expr(node)
        if cls is ast.Tuple or cls is ast.List:
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
        if cls is ast.Starred:
            return ("star", self.target(node.value, "=", UNKNOWN))
        return self.expr(node)

    def block(self, nodes: list[Any]) -> tuple[Stmt, ...]:
        """A block of statements."""
        if self.depth > _MAX_DEPTH:
            return ()
        self.depth += 1
        out = []
        for node in nodes:
            method = _STATEMENTS.get(node.__class__)
            if method is not None:
                out.append(method(self, node))
        self.depth -= 1
        return tuple(out)

    def inside(self, kind: str, construct: int, info: Any, nodes: list[Any]) -> tuple[Stmt, ...]:
        """A block inside a control structure."""
        if not nodes:
            return ()
        outer = self.enter(kind, construct, info)
        body = self.block(nodes)
        self.leave(outer)
        return body

    # ----------------------------------------------------------------------------------------------- statements

    def s_expr(self, node: Any) -> Stmt:
        if node.value.__class__ is ast.Constant:  # a docstring, as a rule: no text of the code
            return ("expr", ("const", node.value.value), self.mark(node))
        return ("expr", self.used(node.value, "stmt"), self.mark(node))

    def s_assign(self, node: Any) -> Stmt:
        if self.sealer is not None:
            self.sealer.node(node)
        value = self.used(node.value, "bind")
        targets = tuple([self.target(t, "=", value) for t in node.targets])
        return ("assign", targets, value, self.mark(node))

    def s_annassign(self, node: Any) -> Stmt:
        if self.sealer is not None:
            self.sealer.node(node)
        annotation = self.annotation(node.annotation)
        value = None if node.value is None else self.used(node.value, "bind")
        target = self.target(node.target, "=", value, annotation)
        return ("ann", target, annotation, value, self.mark(node))

    def s_augassign(self, node: Any) -> Stmt:
        value = self.expr(node.value)
        target = self.target(node.target, "aug", value)
        return ("aug", target, _OPS.get(node.op.__class__, "?"), value, self.mark(node))

    def s_type_alias(self, node: Any) -> Stmt:
        value = self.annotation(node.value)
        target = self.target(node.name, "=", value)
        return ("assign", (target,), value, self.mark(node))

    def s_return(self, node: Any) -> Stmt:
        return ("return", None if node.value is None else self.used(node.value, "return"), self.mark(node))

    def s_raise(self, node: Any) -> Stmt:
        self.scope.words["raise"] = None
        return ("raise", self.optional(node.exc), self.optional(node.cause), self.mark(node))

    def s_assert(self, node: Any) -> Stmt:
        return ("assert", self.expr(node.test), self.optional(node.msg), self.mark(node))

    def s_if(self, node: Any) -> Stmt:
        branches = []
        at = self.mark(node)
        while True:
            test = self.expr(node.test)
            hidden = _is_type_checking(test)
            self.type_checking += hidden
            branches.append((test, self.inside("if", at, test, node.body)))
            self.type_checking -= hidden
            orelse = node.orelse
            if len(orelse) == 1 and orelse[0].__class__ is ast.If:
                node = orelse[0]
                continue
            return ("if", tuple(branches), self.inside("else", at, test, orelse), at)

    def s_for(self, node: Any) -> Stmt:
        iterable = self.used(node.iter, "iter")
        at = self.mark(node)
        outer = self.enter("for", at, (iterable, None))
        target = self.target(node.target, "for", iterable)
        self.scope.contexts[self.scope.context] = ("for", outer, at, (iterable, target))
        body = self.block(node.body)
        self.leave(outer)
        orelse = self.inside("forelse", at, None, node.orelse)
        return ("for", target, iterable, body, orelse, node.__class__ is ast.AsyncFor, at)

    def s_while(self, node: Any) -> Stmt:
        at = self.mark(node)
        outer = self.enter("while", at, None)
        test = self.expr(node.test)
        self.scope.contexts[self.scope.context] = ("while", outer, at, test)
        body = self.block(node.body)
        self.leave(outer)
        return ("while", test, body, self.inside("whileelse", at, None, node.orelse), at)

    def s_try(self, node: Any) -> Stmt:
        at = self.mark(node)
        imports = any(h.type is None or _names_import_error(h.type) for h in node.handlers)
        self.guarded += imports
        body = self.inside("try", at, None, node.body)
        self.guarded -= imports
        handlers = []
        for handler in node.handlers:
            types = self.optional(handler.type)
            handler_at = self.mark(handler)
            outer = self.enter("except", at, types)
            self.scope.words["except"] = None
            if handler.name:
                self.bind(handler.name, "except", types, None, handler_at)
            self.guarded += imports
            handlers.append((types, handler.name, self.block(handler.body), handler_at))
            self.guarded -= imports
            self.leave(outer)
        orelse = self.inside("tryelse", at, None, node.orelse)
        final = self.inside("finally", at, None, node.finalbody)
        return ("try", body, tuple(handlers), orelse, final, at)

    def s_with(self, node: Any) -> Stmt:
        is_async = node.__class__ is ast.AsyncWith
        at = self.mark(node)
        items = []
        for item in node.items:
            context = self.used(item.context_expr, "with")
            target = None
            if item.optional_vars is not None:
                target = self.target(item.optional_vars, "awith" if is_async else "with", context)
            items.append((context, target))
        body = self.inside("with", at, (tuple(items), is_async), node.body)
        return ("with", tuple(items), body, is_async, at)

    def s_match(self, node: Any) -> Stmt:
        subject = self.expr(node.subject)
        at = self.mark(node)
        cases = []
        for case in node.cases:
            outer = self.enter("case", at, None)
            names: list[str] = []
            values: list[Expr] = []
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    names.append(part.name)
                    self.bind(part.name, "=", UNKNOWN, None, self.mark(part))
                elif isinstance(part, ast.MatchValue):
                    values.append(self.expr(part.value))
            guard = self.optional(case.guard)
            cases.append((tuple(names), tuple(values), guard, self.block(case.body)))
            self.leave(outer)
        return ("match", subject, tuple(cases), at)

    def s_import(self, node: Any) -> Stmt:
        at = self.mark(node)
        import_at = self.mark_in(self.module_positions, node)
        scope = self.scope.qualname
        for alias in node.names:
            if node.__class__ is ast.Import:
                bound = alias.asname or alias.name.partition(".")[0]
                entry = (alias.name, 0, None, bound if alias.asname or "." not in alias.name else f"{bound}.", scope)
            else:
                bound = alias.asname or alias.name
                entry = (node.module or "", node.level, alias.name, bound, scope)
            self.imports.append((*entry, bool(self.type_checking), bool(self.guarded), import_at))
        return ("import", at)

    def s_delete(self, node: Any) -> Stmt:
        return ("del", self.exprs(node.targets), self.mark(node))

    def s_global(self, node: Any) -> Stmt:
        self.scope.global_names.extend(node.names)
        return ("global", tuple(node.names), self.mark(node))

    def s_nonlocal(self, node: Any) -> Stmt:
        return ("nonlocal", tuple(node.names), self.mark(node))

    def s_simple(self, node: Any) -> Stmt:
        return (node.__class__.__name__.lower(), self.mark(node))

    # ------------------------------------------------------------------------------------ functions and classes

    def unique(self, name: str) -> str:
        """A qualname that no earlier definition of the file has: redefinitions get #2, #3, ..."""
        prefix = f"{self.scope.qualname}." if self.scope.qualname else ""
        qualname = prefix + name
        n = 1
        while qualname in self.taken:
            n += 1
            qualname = f"{prefix}{name}#{n}"
        self.taken.add(qualname)
        return qualname

    def s_def(self, node: Any) -> Stmt:
        is_async = node.__class__ is ast.AsyncFunctionDef
        outer = self.scope
        qualname = self.unique(node.name)
        in_class = bool(self.classes) and self.classes[-1][0] is outer
        outer.nested.append(qualname)
        at = self.mark(node)
        self.define(node.name, "def", qualname, at)
        head = _Scope(qualname)
        self.head_mark(head.positions, node, "async def" if is_async else "def")
        # decorators, annotations and defaults run in the scope outside; their positions belong to this function's head
        head.contexts = [("", -1, -1, None)]
        self.scope = head
        decorators = self.exprs(node.decorator_list)
        params = self.params(node.args)
        returns = self.annotation(node.returns)
        inner = _Scope(qualname, params[0][0] if in_class and params else "")
        self.scope = inner
        depth, self.depth = self.depth, 0 if self.depth < _MAX_DEPTH else self.depth
        body = self.block(node.body)
        self.depth = depth
        self.scope = outer
        # calls in decorators and defaults (Depends(get_db()), router.get(...)) are facts of the head, not of the outer body
        cls = self.classes[-1][1] if in_class else ""
        parent = outer.qualname if not in_class else ""
        has_doc = ast.get_docstring(node, clean=False) is not None
        self.rows["Function"].append((
            f"{self.path}:{qualname}",
            (node.name, cls, parent, is_async, inner.generator, decorators, params, returns, has_doc, tuple(inner.nested)),
            tuple(head.positions),
        ))  # fmt: skip
        self.store_body(qualname, inner, body)
        if in_class:
            self.classes[-1][2].append((node.name, qualname))
            if inner.self_name:
                prefix = inner.self_name + "."
                for name, kind, value, annotation, _, _ in inner.binds:
                    if name.startswith(prefix) and "." not in name[len(prefix) :]:
                        self.classes[-1][3].append((name[len(prefix) :], qualname, annotation, value, kind))
        return ("def", qualname, at)

    def params(self, arguments: ast.arguments) -> tuple[tuple[Any, ...], ...]:
        if self.sealer is not None:
            self.sealer.node(arguments)
        positional = [(a, "pos") for a in arguments.posonlyargs] + [(a, "arg") for a in arguments.args]
        defaults: list[Any] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
        listed = [(a, kind, d) for (a, kind), d in zip(positional, defaults, strict=True)]
        if arguments.vararg:
            listed.append((arguments.vararg, "var", None))
        listed += [(a, "kw", d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
        if arguments.kwarg:
            listed.append((arguments.kwarg, "kwvar", None))
        return tuple(
            [(a.arg, kind, self.annotation(a.annotation), self.optional(d), self.mark(a)) for a, kind, d in listed]
        )

    def s_class(self, node: Any) -> Stmt:
        outer = self.scope
        qualname = self.unique(node.name)
        at = self.mark(node)
        self.define(node.name, "class", qualname, at)
        head = _Scope(qualname)
        self.head_mark(head.positions, node, "class")
        self.scope = head
        decorators = self.exprs(node.decorator_list)
        bases = tuple([self.annotation(b) for b in node.bases])
        keywords = tuple([(k.arg, self.expr(k.value)) for k in node.keywords])
        inner = _Scope(qualname)
        self.scope = inner
        self.classes.append((inner, qualname, [], []))
        body = self.block(node.body)
        _, _, methods, attributes = self.classes.pop()
        self.scope = outer
        fields = []
        for name, kind, value, annotation, _, bind_at in inner.binds:
            if "." not in name and kind == "=":
                position = len(head.positions) >> 2
                head.positions += inner.positions[bind_at * 4 : bind_at * 4 + 4]
                fields.append((name, annotation, value, position))
        parent = outer.qualname
        type_params = tuple(str(getattr(p, "name", p)) for p in getattr(node, "type_params", None) or ())
        has_doc = ast.get_docstring(node, clean=False) is not None
        self.rows["Class"].append((
            f"{self.path}:{qualname}",
            (node.name, parent, bases, keywords, decorators, tuple(fields), tuple(methods), tuple(attributes), has_doc, type_params),
            tuple(head.positions),
        ))  # fmt: skip
        self.store_body(qualname, inner, body)
        return ("class", qualname, at)

    def define(self, name: str, kind: str, qualname: str, at: int) -> None:
        """A def or class binds its name in the scope around it."""
        if self.scope.qualname == "":
            self.names[name] = (kind, qualname)
        else:
            self.bind(name, kind, ("local", qualname), None, at)

    def store_body(self, qualname: str, scope: _Scope, body: tuple[Stmt, ...]) -> None:
        self.rows["Body"].append((
            f"{self.path}:{qualname}",
            (body, tuple(scope.calls), tuple(scope.binds), tuple(scope.contexts), tuple(scope.global_names), tuple(scope.words), tuple(scope.texts)),
            tuple(scope.positions),
        ))  # fmt: skip

    def module(self, tree: ast.Module) -> None:
        """Walk the whole file."""
        body = self.block(tree.body)
        scope = self.scope
        exports: tuple[str, ...] | None = None
        for name, kind, value, _, _, _ in scope.binds:
            if name == "__all__":
                literal = _string_list(value)
                if kind == "=":
                    exports = literal
                elif kind == "aug":
                    exports = None if exports is None or literal is None else exports + literal
            elif "." not in name and name not in self.names:
                self.names[name] = ("var", name)
        main_guard = any(
            kind == "if" and info.__class__ is tuple and info[0] == "cmp" and info[1] == "__name__"
            for kind, _, _, info in scope.contexts
        )
        is_package = self.path.endswith("/__init__.py") or self.path == "__init__.py"
        names = tuple([(name, kind, qualname) for name, (kind, qualname) in self.names.items()])
        has_doc = ast.get_docstring(tree, clean=False) is not None
        self.rows["Module"].append((
            f"{self.path}:",
            (is_package, has_doc, tuple(self.imports), exports, names, main_guard),
            tuple(self.module_positions),
        ))  # fmt: skip
        self.store_body("", scope, body)
        if self.sealer is not None and self.sealer.found:
            positions: Positions = []
            for node in self.sealer.found:
                self.mark_in(positions, node)
            self.rows["Sealed"] = [(f"{self.path}:", (len(self.sealer.found),), tuple(positions))]


def _is_type_checking(test: Expr) -> bool:
    return test == "TYPE_CHECKING" or (
        test.__class__ is tuple and test[0] == "ref" and test[1].endswith(".TYPE_CHECKING")
    )


def _names_import_error(node: Any) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id in ("ImportError", "ModuleNotFoundError", "Exception") for n in ast.walk(node)
    )


def _string_list(value: Expr | None) -> tuple[str, ...] | None:
    if value.__class__ is tuple and value[0] in ("list", "tuple"):
        items = [e[1] for e in value[1] if e.__class__ is tuple and e[0] == "const" and e[1].__class__ is str]
        return tuple(items) if len(items) == len(value[1]) else None
    return None


E = Extractor
_EXPRESSIONS: dict[type, Any] = {
    ast.Attribute: E.attribute,
    ast.Call: E.call,
    ast.Await: E.await_,
    ast.Subscript: E.subscript,
    ast.BinOp: E.binop,
    ast.BoolOp: E.boolop,
    ast.UnaryOp: E.unary,
    ast.Compare: E.compare,
    ast.IfExp: E.ifexp,
    ast.Lambda: E.lambda_,
    ast.ListComp: E.comprehension,
    ast.SetComp: E.comprehension,
    ast.DictComp: E.comprehension,
    ast.GeneratorExp: E.comprehension,
    ast.JoinedStr: E.fstring,
    ast.Yield: E.yield_,
    ast.YieldFrom: E.yield_from,
    ast.NamedExpr: E.walrus,
    ast.Dict: E.dict_,
    ast.Tuple: lambda self, node: ("tuple", self.exprs(node.elts)),
    ast.List: lambda self, node: ("list", self.exprs(node.elts)),
    ast.Set: lambda self, node: ("set", self.exprs(node.elts)),
    ast.Starred: lambda self, node: ("star", self.expr(node.value)),
    ast.Slice: lambda self, node: (
        "slice",
        self.optional(node.lower),
        self.optional(node.upper),
        self.optional(node.step),
    ),
}
_EXPRESSIONS[TemplateStr] = E.fstring  # Python 3.14, PEP 750; a stand-in on older hosts
_STATEMENTS: dict[type, Any] = {
    ast.Expr: E.s_expr,
    ast.Assign: E.s_assign,
    ast.AnnAssign: E.s_annassign,
    ast.AugAssign: E.s_augassign,
    ast.Return: E.s_return,
    ast.Raise: E.s_raise,
    ast.Assert: E.s_assert,
    ast.If: E.s_if,
    ast.For: E.s_for,
    ast.AsyncFor: E.s_for,
    ast.While: E.s_while,
    ast.Try: E.s_try,
    ast.TryStar: E.s_try,
    ast.With: E.s_with,
    ast.AsyncWith: E.s_with,
    ast.Match: E.s_match,
    ast.Import: E.s_import,
    ast.ImportFrom: E.s_import,
    ast.Delete: E.s_delete,
    ast.Global: E.s_global,
    ast.Nonlocal: E.s_nonlocal,
    ast.Pass: E.s_simple,
    ast.Break: E.s_simple,
    ast.Continue: E.s_simple,
    ast.FunctionDef: E.s_def,
    ast.AsyncFunctionDef: E.s_def,
    ast.ClassDef: E.s_class,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12, PEP 695
    _STATEMENTS[ast.TypeAlias] = E.s_type_alias
