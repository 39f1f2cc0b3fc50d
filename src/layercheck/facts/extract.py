"""The one walk, second half: statements, functions and classes of an `ast` tree become rows.

DESIGN: `Scope` adds statements to what `expressions.ExpressionWalker` does: one method a node kind, found by a dictionary on the node's
class, each returning the intermediate representation of `layercheck.ir`. While it converts a body it also notes, in the same pass, every call,
every binding and every control structure, because it knows at that moment what surrounds them. A nested function or class is
walked by a `Scope` of its own; what belongs to the file as a whole is in the one `File` that they share. Nothing here looks outside the file.
"""

from __future__ import annotations

import _ast as ast  # see `parsing.nodes.walk`
import marshal
from _ast import Constant, If
from collections.abc import Callable
from typing import Any

from layercheck.facts.expressions import MAX_DEPTH, OPS, ExpressionWalker, Lines, Sealer
from layercheck.facts.places import pack, pack_rows
from layercheck.facts.said import bound_values, called_by, is_generated, renames_of, ties_of
from layercheck.ir import UNKNOWN, Expr, Stmt
from layercheck.parsing.nodes import walk
from layercheck.tuples import NamedTuple

StoredRow = tuple[str, tuple[Any, ...], bytes]


def extract_module(
    path: str,
    text: str,
    tree: ast.Module,
    sealer: Sealer | None = None,
    definitions: list[Definition] | None = None,
    code: Callable[[tuple[Any, ...]], Any] = marshal.dumps,
) -> dict[str, list[StoredRow]]:
    """The rows of a parsed file: Module, Function, Class, Body, and Sealed where there are secrets.

    A list for `definitions` gets the functions of the file, inner ones before those around them. `code` makes what is kept of the code of a body.
    """
    file = File(path, Lines(text), sealer, definitions, code)
    file.walk(tree, is_generated(text))
    return file.rows


class Definition(NamedTuple):
    """A function that was walked, and the state of the walk when its body began: what walking that body alone needs."""

    node: Any
    qualname: str
    self_name: str
    is_method: bool
    depth: int
    type_checking: int
    guarded: int
    imports: tuple[int, int]
    """Which of the imports of the file stand in it: from, up to."""
    import_marks: tuple[int, int]


class File:
    """What belongs to a file as a whole while it is walked."""

    def __init__(
        self,
        path: str,
        lines: Lines,
        sealer: Sealer | None,
        definitions: list[Definition] | None = None,
        code: Callable[[tuple[Any, ...]], Any] = marshal.dumps,
    ) -> None:
        self.definitions = definitions
        self.code = code
        self.path = path
        self.lines = lines
        self.sealer = sealer
        self.rows: dict[str, list[StoredRow]] = {"Module": [], "Function": [], "Class": [], "Body": [], "Source": []}
        self.imports: list[tuple[Any, ...]] = []
        self.import_marks: list[Any] = []
        self.names: dict[str, tuple[str, str]] = {}
        """What is bound at module level: name -> (kind, qualname)."""
        self.taken: set[str] = set()
        self.marks: list[Any] = []
        """The nodes that have places, of all rows that wait for theirs, one row behind the other."""
        self.waiting: list[tuple[str, str, tuple[Any, ...], int]] = []
        """(type, key, value, how many places) of those rows."""
        self.heads: list[tuple[int, int]] = []
        """Where in `marks` definitions begin, and how many characters the head of each has."""
        self.type_checking = 0
        self.guarded = 0
        self._head = ExpressionWalker(lines, sealer, "", 0)

    def head(self, node: Any, depth: int) -> ExpressionWalker:
        """What walks decorators, annotations, defaults and bases of a definition, one definition after the other. Only the places that it marks are kept."""
        head = self._head
        head.depth, head.context, head.marks = depth, 0, [node]
        return head

    def unique(self, scope: str, name: str) -> str:
        """A qualname that no earlier definition of the file has: redefinitions get #2, #3, ..."""
        first = qualname = f"{scope}.{name}" if scope else name
        n = 1
        while qualname in self.taken:
            n += 1
            qualname = f"{first}#{n}"
        self.taken.add(qualname)
        return qualname

    def add(self, kind: str, qualname: str, value: tuple[Any, ...], marks: list[Any], head: int = 0) -> None:
        """Keep a row, whose places are those of the nodes in `marks`. `head`: the first is that of a definition, and only so many characters of it count."""
        if head:
            self.heads.append((len(self.marks), head))
        self.waiting.append((kind, f"{self.path}:{qualname}", value, len(marks)))
        self.marks += marks

    def finish(self) -> None:
        """Give the rows their places: of all nodes at once, as most rows have few."""
        flat = self.lines.places(self.marks)
        for at, length in self.heads:
            at *= 4
            flat[at + 2 : at + 4] = flat[at], flat[at + 1] + length
        places = pack_rows(flat, [row[3] for row in self.waiting])
        for (kind, key, value, _), packed in zip(self.waiting, places, strict=True):
            self.rows[kind].append((key, value, packed))

    def walk(self, tree: ast.Module, generated: bool) -> None:
        """Walk the whole file; `generated`: whether it says that a program wrote it."""
        scope = Scope(self, "", 0)
        body = scope.block(tree.body)
        exports: tuple[str, ...] | None = None
        names = self.names
        for name, kind, value, _, _, _ in scope.binds:
            if name == "__all__":
                literal = _string_list(value)
                if kind == "=":
                    exports = literal
                elif kind == "aug":
                    exports = None if exports is None or literal is None else exports + literal
            elif "." not in name and name not in names:
                names[name] = ("var", name)
        main_guard = any(
            kind == "if" and info.__class__ is tuple and info[0] == "cmp" and info[1] == "__name__"
            for kind, _, _, info in scope.contexts
        )
        is_package = self.path.endswith("/__init__.py") or self.path == "__init__.py"
        listed = tuple([(name, kind, qualname) for name, (kind, qualname) in names.items()])
        value = (is_package, has_doc(tree.body), tuple(self.imports), exports, listed, main_guard, generated)
        marks = pack([1, 0, 1, 0, *self.lines.places(self.import_marks)])
        self.rows["Module"].append((f"{self.path}:", value, marks))
        scope.store(body)
        if self.sealer is not None and self.sealer.found:
            found = self.sealer.found
            self.rows["Sealed"] = []
            self.add("Sealed", "", (len(found),), found)
        self.finish()


class Scope(ExpressionWalker):
    """Walks one body: of a function, of a class, or of the module."""

    __slots__ = ("attributes", "file", "global_names", "methods", "nested", "returned", "self_name")

    def __init__(self, file: File, qualname: str, depth: int, self_name: str = "", is_class: bool = False) -> None:
        super().__init__(file.lines, file.sealer, qualname, depth)
        self.file = file
        self.self_name = self_name
        """What a method calls its object."""
        self.global_names: list[str] = []
        self.returned: list[Expr] = []
        self.nested: list[str] = []
        self.methods: list[tuple[str, str]] | None = [] if is_class else None
        """(name, qualname) of the functions of a class body; None for other bodies."""
        self.attributes: list[tuple[Any, ...]] = []
        """What the methods of a class body put on their object."""

    def store(self, body: tuple[Stmt, ...]) -> None:
        """Keep the row of this body."""
        value = (
            self.file.code(
                (body, tuple(self.calls), tuple(self.binds), tuple(self.contexts), tuple(self.global_names))
            ),
            tuple(self.words),
            tuple(self.texts),
            called_by(self.calls),
            renames_of(self.binds),
            ties_of(
                bound_values(self.binds)
                if self.methods is not None or not self.qualname
                else [("", e) for e in self.returned],
                self.words,
            ),
        )
        self.file.add("Body", self.qualname, value, self.marks)

    # --------------------------------------------------------------------------------------------------- blocks

    def block(self, nodes: list[Any]) -> tuple[Stmt, ...]:
        """A block of statements."""
        depth = self.depth
        if depth > MAX_DEPTH:
            return ()
        self.depth = depth + 1
        made = tuple([method(self, n) for n in nodes if (method := _STATEMENTS.get(n.__class__)) is not None])
        self.depth = depth
        return made

    def inside(self, kind: str, construct: int, info: Any, nodes: list[Any]) -> tuple[Stmt, ...]:
        """A block inside a control structure."""
        if not nodes:
            return ()
        outer = self.enter(kind, construct, info)
        body = self.block(nodes)
        self.context = outer
        return body

    # ----------------------------------------------------------------------------------------------- statements

    def s_expr(self, node: Any) -> Stmt:
        value = node.value
        if value.__class__ is Constant:  # a docstring, as a rule: no text of the code
            return ("expr", ("const", value.value), self.mark(node))
        return ("expr", self.used(value, "stmt"), self.mark(node))

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
        return ("aug", target, OPS.get(node.op.__class__, "?"), value, self.mark(node))

    def s_type_alias(self, node: Any) -> Stmt:
        value = self.annotation(node.value)
        target = self.target(node.name, "=", value)
        return ("assign", (target,), value, self.mark(node))

    def s_return(self, node: Any) -> Stmt:
        value = None
        if node.value is not None:
            value = self.used(node.value, "return")
            self.returned.append(value)
        return ("return", value, self.mark(node))

    def s_raise(self, node: Any) -> Stmt:
        self.words["raise"] = None
        return ("raise", self.optional(node.exc), self.optional(node.cause), self.mark(node))

    def s_assert(self, node: Any) -> Stmt:
        return ("assert", self.expr(node.test), self.optional(node.msg), self.mark(node))

    def s_if(self, node: Any) -> Stmt:
        branches = []
        at = self.mark(node)
        file = self.file
        while True:
            test = self.expr(node.test)
            hidden = _is_type_checking(test)
            file.type_checking += hidden
            branches.append((test, self.inside("if", at, test, node.body)))
            file.type_checking -= hidden
            orelse = node.orelse
            if len(orelse) == 1 and orelse[0].__class__ is If:
                node = orelse[0]
                continue
            return ("if", tuple(branches), self.inside("else", at, test, orelse), at)

    def s_for(self, node: Any) -> Stmt:
        iterable = self.used(node.iter, "iter")
        at = self.mark(node)
        outer = self.enter("for", at, (iterable, None))
        self.words["for"] = None
        target = self.target(node.target, "for", iterable)
        self.contexts[self.context] = ("for", outer, at, (iterable, target))
        body = self.block(node.body)
        self.context = outer
        orelse = self.inside("forelse", at, None, node.orelse)
        return ("for", target, iterable, body, orelse, node.__class__ is ast.AsyncFor, at)

    def s_while(self, node: Any) -> Stmt:
        at = self.mark(node)
        outer = self.enter("while", at, None)
        self.words["while"] = None
        test = self.expr(node.test)
        self.contexts[self.context] = ("while", outer, at, test)
        body = self.block(node.body)
        self.context = outer
        return ("while", test, body, self.inside("whileelse", at, None, node.orelse), at)

    def s_try(self, node: Any) -> Stmt:
        at = self.mark(node)
        file = self.file
        imports = any(h.type is None or _names_import_error(h.type) for h in node.handlers)
        file.guarded += imports
        body = self.inside("try", at, None, node.body)
        file.guarded -= imports
        handlers = []
        for handler in node.handlers:
            types = self.optional(handler.type)
            handler_at = self.mark(handler)
            outer = self.enter("except", at, types)
            self.words["except"] = None
            if handler.name:
                self.bind(handler.name, "except", types, None, handler_at)
            file.guarded += imports
            handlers.append((types, handler.name, self.block(handler.body), handler_at))
            file.guarded -= imports
            self.context = outer
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
            for part in walk(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    names.append(part.name)
                    self.bind(part.name, "=", UNKNOWN, None, self.mark(part))
                elif isinstance(part, ast.MatchValue):
                    values.append(self.expr(part.value))
            guard = self.optional(case.guard)
            cases.append((tuple(names), tuple(values), guard, self.block(case.body)))
            self.context = outer
        return ("match", subject, tuple(cases), at)

    def s_import(self, node: Any) -> Stmt:
        at = self.mark(node)
        file = self.file
        file.import_marks.append(node)
        import_at = len(file.import_marks)  # place 0 of a module is its first line
        scope = self.qualname
        hidden, guarded = bool(file.type_checking), bool(file.guarded)
        entry: tuple[str, int, str | None, str, str]
        for alias in node.names:
            if node.__class__ is ast.Import:
                bound = alias.asname or alias.name.partition(".")[0]
                entry = (alias.name, 0, None, bound if alias.asname or "." not in alias.name else f"{bound}.", scope)
            else:
                bound = alias.asname or alias.name
                entry = (node.module or "", node.level, alias.name, bound, scope)
            file.imports.append((*entry, hidden, guarded, import_at))
        return ("import", at)

    def s_delete(self, node: Any) -> Stmt:
        return ("del", self.exprs(node.targets), self.mark(node))

    def s_global(self, node: Any) -> Stmt:
        self.global_names.extend(node.names)
        self.words["global"] = None
        return ("global", tuple(node.names), self.mark(node))

    def s_nonlocal(self, node: Any) -> Stmt:
        return ("nonlocal", tuple(node.names), self.mark(node))

    def s_simple(self, node: Any) -> Stmt:
        return (node.__class__.__name__.lower(), self.mark(node))

    # ------------------------------------------------------------------------------------ functions and classes

    def define(self, name: str, kind: str, qualname: str, at: int) -> None:
        """A def or class binds its name in the scope around it."""
        if self.qualname == "":
            self.file.names[name] = (kind, qualname)
        else:
            self.bind(name, kind, ("local", qualname), None, at)

    def s_def(self, node: Any) -> Stmt:
        is_async = node.__class__ is ast.AsyncFunctionDef
        file, name = self.file, node.name
        qualname = file.unique(self.qualname, name)
        self.nested.append(qualname)
        at = self.mark(node)
        self.define(name, "def", qualname, at)
        # calls in decorators, annotations and defaults (Depends(get_db()), router.get(...)) are facts of the head, not of the body outside
        head = file.head(node, self.depth)
        marked = head.marks
        decorators = head.exprs(node.decorator_list)
        params = self.params(head, node.args)
        returns = head.annotation(node.returns)
        methods = self.methods
        self_name = params[0][0] if methods is not None and params else ""
        inner = Scope(file, qualname, 0 if self.depth < MAX_DEPTH else self.depth, self_name)
        imports, marks = len(file.imports), len(file.import_marks)
        body = inner.block(node.body)
        if file.definitions is not None:
            state = (self_name, methods is not None, inner.depth, file.type_checking, file.guarded)
            spans = ((imports, len(file.imports)), (marks, len(file.import_marks)))
            file.definitions.append(Definition(node, qualname, *state, *spans))
        cls, parent = ("", self.qualname) if methods is None else (self.qualname, "")
        value = (
            name,
            cls,
            parent,
            is_async,
            inner.generator,
            decorators,
            params,
            returns,
            has_doc(node.body),
            tuple(inner.nested),
        )
        file.add("Function", qualname, value, marked, len("async def " if is_async else "def ") + len(name))
        inner.store(body)
        if methods is not None:
            methods.append((name, qualname))
            self.attributes.extend(inner.own_attributes())
        return ("def", qualname, at)

    def own_attributes(self) -> list[tuple[Any, ...]]:
        """What a method puts on its object: rows of `Attribute`."""
        if not self.self_name:
            return []
        prefix = self.self_name + "."
        start = len(prefix)
        return [
            (name[start:], self.qualname, annotation, value, kind)
            for name, kind, value, annotation, _, _ in self.binds
            if name.startswith(prefix) and "." not in name[start:]
        ]

    def params(self, head: ExpressionWalker, arguments: ast.arguments) -> tuple[tuple[Any, ...], ...]:
        """The parameters of a function, whose head walks their annotations and defaults."""
        defaults: list[Any] = arguments.defaults
        if self.sealer is not None and (defaults or arguments.kw_defaults):
            self.sealer.node(arguments)
        listed: list[tuple[Any, str, Any]]
        if not arguments.posonlyargs:
            listed = [(a, "arg", None) for a in arguments.args]
        else:
            listed = [(a, "pos", None) for a in arguments.posonlyargs] + [(a, "arg", None) for a in arguments.args]
        if defaults:
            start = len(listed) - len(defaults)
            listed[start:] = [(a, kind, d) for (a, kind, _), d in zip(listed[start:], defaults, strict=True)]
        if arguments.vararg:
            listed.append((arguments.vararg, "var", None))
        if arguments.kwonlyargs:
            listed += [(a, "kw", d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
        if arguments.kwarg:
            listed.append((arguments.kwarg, "kwvar", None))
        annotation, optional, mark = head.annotation, head.optional, head.mark
        return tuple([(a.arg, kind, annotation(a.annotation), optional(d), mark(a)) for a, kind, d in listed])

    def s_class(self, node: Any) -> Stmt:
        file, name = self.file, node.name
        qualname = file.unique(self.qualname, name)
        at = self.mark(node)
        self.define(name, "class", qualname, at)
        self.words["class"] = None
        head = file.head(node, self.depth)
        marked = head.marks
        decorators = head.exprs(node.decorator_list)
        bases = tuple([head.annotation(b) for b in node.bases])
        keywords = tuple([(k.arg, head.expr(k.value)) for k in node.keywords])
        inner = Scope(file, qualname, self.depth, is_class=True)
        body = inner.block(node.body)
        fields = []
        for bound, kind, value, annotation, _, bind_at in inner.binds:
            if "." not in bound and kind == "=":
                fields.append((bound, annotation, value, len(marked)))
                marked.append(inner.marks[bind_at])
        type_params = tuple([str(getattr(p, "name", p)) for p in getattr(node, "type_params", None) or ()])
        row = (
            name,
            self.qualname,
            bases,
            keywords,
            decorators,
            tuple(fields),
            tuple(inner.methods or ()),
            tuple(inner.attributes),
            has_doc(node.body),
            type_params,
        )
        file.add("Class", qualname, row, marked, len("class ") + len(name))
        inner.store(body)
        return ("class", qualname, at)


def has_doc(body: list[Any]) -> bool:
    """Whether a body begins with a docstring."""
    if not body or body[0].__class__ is not ast.Expr:
        return False
    value = body[0].value
    return value.__class__ is Constant and value.value.__class__ is str


def _is_type_checking(test: Expr) -> bool:
    return test == "TYPE_CHECKING" or (
        test.__class__ is tuple and test[0] == "ref" and test[1].endswith(".TYPE_CHECKING")
    )


def _names_import_error(node: Any) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id in ("ImportError", "ModuleNotFoundError", "Exception") for n in walk(node)
    )


def _string_list(value: Expr | None) -> tuple[str, ...] | None:
    if value.__class__ is tuple and value[0] in ("list", "tuple"):
        items = [e[1] for e in value[1] if e.__class__ is tuple and e[0] == "const" and e[1].__class__ is str]
        return tuple(items) if len(items) == len(value[1]) else None
    return None


S = Scope
_STATEMENTS: dict[type, Callable[[Any, Any], Stmt]] = {
    ast.Expr: S.s_expr,
    ast.Assign: S.s_assign,
    ast.AnnAssign: S.s_annassign,
    ast.AugAssign: S.s_augassign,
    ast.Return: S.s_return,
    ast.Raise: S.s_raise,
    ast.Assert: S.s_assert,
    ast.If: S.s_if,
    ast.For: S.s_for,
    ast.AsyncFor: S.s_for,
    ast.While: S.s_while,
    ast.Try: S.s_try,
    ast.TryStar: S.s_try,
    ast.With: S.s_with,
    ast.AsyncWith: S.s_with,
    ast.Match: S.s_match,
    ast.Import: S.s_import,
    ast.ImportFrom: S.s_import,
    ast.Delete: S.s_delete,
    ast.Global: S.s_global,
    ast.Nonlocal: S.s_nonlocal,
    ast.Pass: S.s_simple,
    ast.Break: S.s_simple,
    ast.Continue: S.s_simple,
    ast.FunctionDef: S.s_def,
    ast.AsyncFunctionDef: S.s_def,
    ast.ClassDef: S.s_class,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12, PEP 695
    _STATEMENTS[ast.TypeAlias] = S.s_type_alias
