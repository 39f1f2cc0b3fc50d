"""pylint's own comments: their grammar, the lines that each reaches, and the state they leave on every line.

pylint does not work with indentation but with its tree: a comment acts on the innermost node around its line, and every kind of
node has its own idea of the block that follows. Messages of the node kind (ours are) are also switched on the lines *before* a
comment, unless another comment was there. The functions below give the same answer from Python's own tree, without astroid;
tests compare them with the real pylint, line by line, over generated and real code. Sources: the user guide's page "Messages control"
and the behaviour of pylint 3.2 to 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from layercheck.patterns import pattern
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    import ast

PYLINT: Final = "pylint"

_COMMENT = pattern(r"#.*?\bpylint:\s*([^;#\n]+)")
_WORD = pattern(
    r"\b(?:disable-next|disable-all|disable-msg|enable-msg|skip-file|disable|enable)\b|[0-9A-Za-z_-]{2,}|=|[CREIWF]\d*"
)
_LISTS = {
    "disable": "disable",
    "disable-msg": "disable",
    "enable": "enable",
    "enable-msg": "enable",
    "disable-next": "disable-next",
}
_WHOLE_FILE = {"skip-file", "disable-all"}


class Pragma(NamedTuple):
    """One `disable=`, `enable=` or `disable-next=` and what it reaches, apart from any one message."""

    kind: str
    line: int
    """The line it counts for."""
    off: bool
    names: tuple[str, ...]
    target: int
    """The line that is switched: `line`, or the next one for disable-next."""
    first: int
    last: int
    node: int
    """First line of the node that the comment stands in."""
    module: bool
    late: bool
    """The comment stands behind the first statement of its block: the lines above it are switched on."""
    pinned: bool
    """When an earlier comment has switched the node's first line, this one starts at its own line."""
    bottom: int
    """The last line that has any code; behind it the last comment counts, wherever it stands. 0: unknown."""


def parse(comment: str) -> list[tuple[str, tuple[str, ...]]]:
    """The actions in a comment, with the names each lists; [] when it is none of pylint's, or one that pylint rejects.

    Actions are "disable", "enable", "disable-next" and "skip-file". What follows a `;` or `#` is the author's reason.
    """
    for at in range(len(comment) - 1, -1, -1):
        # of several, pylint hears the last
        if comment[at] == "#" and (found := _COMMENT.match(comment, at)):
            return list(_actions(found[1]))
    return []


def _actions(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    action = ""
    names: list[str] = []
    wants_equals = False
    for word in _WORD.findall(text):
        if word == "=":
            if not wants_equals:
                return
            wants_equals = False
        elif wants_equals:
            return
        elif word in _LISTS or word in _WHOLE_FILE:
            if action:
                if not names:
                    return
                yield action, tuple(names)
            if word in _WHOLE_FILE:
                yield "skip-file", ()
                return
            action, names, wants_equals = _LISTS[word], [], True
        else:
            names.append(word)
    if action and names:
        yield action, tuple(names)


def scope(tree: ast.Module | None, action: str, line: int, alone: bool, lines: int) -> tuple[Any, ...]:
    """The fields of Pragma from `target` on, for a comment on this line (`alone` on it) of a text with so many lines."""
    if action == "disable-next":
        return (line + 1, line + 1, line + 1, line + 1, False, False, False, _bottom(tree))
    if tree is None:
        return (line, line, lines if alone else line, line, False, False, False, 0)
    found = _innermost(tree, line)
    bottom = _bottom(tree)
    if found is None:
        first, last = (1, bottom) if 0 < line <= bottom else (1, 0)
        body = _without_docstring(tree)
        return (line, first, last, 0, True, bool(body) and line > _first_line(body[0]), False, bottom)
    return (line, *found, bottom)


def _bottom(tree: ast.Module | None) -> int:
    return (tree.body[-1].end_lineno or 0) if tree is not None and tree.body else 0


# ------------------------------------------------------------------------------------------------------- the node around a line


def _without_docstring(node: Any) -> list[ast.stmt]:
    body: list[Any] = node.body
    if body and type(body[0]).__name__ == "Expr":
        value = body[0].value
        if type(value).__name__ == "Constant" and isinstance(value.value, str):
            return body[1:]
    return body


def _first_line(node: Any) -> int:
    """Where pylint's tree says that a node begins: for a decorated function, the line behind as many lines as its decorators have."""
    if type(node).__name__ in ("FunctionDef", "AsyncFunctionDef") and node.decorator_list:
        lines = sum(d.end_lineno - d.lineno + 1 for d in node.decorator_list)
        return int(node.decorator_list[0].lineno) + int(lines)
    return int(node.lineno)


def _innermost(tree: ast.Module, line: int) -> tuple[int, int, int, bool, bool, bool] | None:
    """(first, last, node, module, late, pinned) of the innermost node around a line, children first; None: the module itself."""
    for statement in _without_docstring(tree):
        found = _inside(statement, line)
        if found is not None:
            return found
    return None


def _inside(node: Any, line: int) -> tuple[int, int, int, bool, bool, bool] | None:
    name = type(node).__name__
    span = _span(node, name)
    if span is None:
        return None
    reach = node.reach if name == "_Virtual" else span
    if not reach[0] <= line <= reach[1]:
        return None
    first = span[0]
    if name == "ClassDef":
        first = node.lineno
    if name not in _FLAT and first != span[1]:
        for child in _children(node, name):
            found = _inside(child, line)
            if found is not None:
                return found
    start = _first_line(node) if name not in _FLAT and name != "_Virtual" else span[0]
    if not start <= line <= span[1]:
        return None
    body = _without_docstring(node) if name in ("FunctionDef", "AsyncFunctionDef", "ClassDef") else []
    inner = _first_line(body[0]) if body else span[1]
    first, last = _block(node, name, line, start, span[1])
    return first, last, start, False, line > inner, first == start and first >= inner


class _Virtual:
    """A node of pylint's tree that has none of its own in Python's."""

    def __init__(self, lineno: int, end_lineno: int, children: Iterable[Any] = ()) -> None:
        self.lineno = lineno
        self.end_lineno = end_lineno
        self.children = tuple(children)
        self.reach = (
            min([lineno, *[c.lineno for c in self.children]]),
            max([end_lineno, *[c.end_lineno for c in self.children]]),
        )


_FLAT = {"comprehension", "match_case"}
"""Nodes without a line of their own: pylint does not look into them."""


def _span(node: Any, name: str) -> tuple[int, int] | None:
    if name == "comprehension":
        return node.target.lineno, (node.ifs[-1] if node.ifs else node.iter).end_lineno
    if name == "match_case":
        return node.pattern.lineno, node.body[-1].end_lineno
    first = getattr(node, "lineno", None)
    if first is None:
        return None
    if name in ("FunctionDef", "AsyncFunctionDef", "ClassDef") and node.decorator_list:
        first = node.decorator_list[0].lineno
    return first, node.end_lineno


def _arguments(node: Any) -> _Virtual:
    """pylint's node for parameters: from the first to the last, or the function's line when there is none."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named.extend(a for a in (arguments.vararg, arguments.kwarg) if a is not None)
    start = _first_line(node)
    if not named:
        return _Virtual(start, start)
    children = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.defaults,
        *arguments.kwonlyargs,
        *arguments.kw_defaults,
    ]
    children.extend(a.annotation for a in named)
    first = min(a.lineno for a in named)
    # defaults may lie behind the last parameter's own end
    return _Virtual(max(first, start), max(a.end_lineno for a in named), [c for c in children if c is not None])


def _children(node: Any, name: str) -> Iterator[Any]:
    if name == "_Virtual":
        yield from node.children
        return
    if name in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
        if node.decorator_list:
            yield _Virtual(node.decorator_list[0].lineno, node.decorator_list[-1].end_lineno, node.decorator_list)
        if name == "ClassDef":
            yield from node.bases
            yield from node.keywords
        else:
            yield _arguments(node)
            if node.returns is not None:
                yield node.returns
        yield from getattr(node, "type_params", ())
        yield from _without_docstring(node)
        return
    if name == "arg":
        return
    if name == "Lambda":
        yield _arguments(node)
        yield node.body
        return
    if name == "ExceptHandler":
        if node.type is not None:
            yield node.type
        if node.name:
            yield _Virtual(node.lineno, node.end_lineno)
        yield from node.body
        return
    for field in node._fields:
        value: Any = getattr(node, field, None)
        children: list[Any] = value if isinstance(value, list) else [value]
        for child in children:
            if type(child).__name__ == "withitem":
                yield child.context_expr
                if child.optional_vars is not None:
                    yield child.optional_vars
            elif hasattr(child, "_fields") and type(child).__name__ != "alias":
                yield child


def _block(node: Any, name: str, line: int, start: int, end: int) -> tuple[int, int]:
    """The lines that a comment on `line` reaches when `node` is the innermost node around it."""
    if name in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
        return start, end
    if name in ("Try", "TryStar"):
        for handler in node.handlers:
            if handler.type is not None and line == handler.type.lineno:
                return line, handler.end_lineno
            if _first_line(handler.body[0]) <= line <= handler.body[-1].end_lineno:
                return line, handler.body[-1].end_lineno
        if node.finalbody:
            head = _first_line(node.finalbody[0])
            if head - 1 == line:
                return line, node.finalbody[0].end_lineno
            if head <= line <= node.finalbody[-1].end_lineno:
                return line, node.finalbody[-1].end_lineno
    if name in ("If", "For", "AsyncFor", "While", "Try", "TryStar"):
        head = _first_line(node.body[0])
        if line == head:
            return line, line
        if line <= node.body[-1].end_lineno:
            return line, node.body[-1].end_lineno
        return _else_block(node, line, head - 1, end)
    return line, end


def _else_block(node: Any, line: int, last: int, end: int) -> tuple[int, int]:
    if line == end:
        return line, line
    if node.orelse:
        inner = node.orelse[0]
        if (
            type(inner).__name__ in ("If", "For", "AsyncFor", "While", "Try", "TryStar")
            and line > node.body[-1].end_lineno
        ):
            return _else_block(inner, line, 0, inner.end_lineno)
        if line > node.body[-1].end_lineno:
            return line, node.orelse[-1].end_lineno
        return line, node.body[-1].end_lineno
    return line, last or end


# -------------------------------------------------------------------------------------------------------- the state of the lines


def hidden(pragmas: Iterable[Pragma], concerns: Callable[[str], bool]) -> Callable[[int], bool]:
    """Whether pylint would hide a message on a line, given the comments of the file in order and which names concern the message."""
    state: dict[int, bool] = {}
    raw: dict[int, bool] = {}
    bottom = 0
    for pragma in pragmas:
        if not any(map(concerns, pragma.names)):
            continue
        bottom = pragma.bottom
        raw[pragma.target] = pragma.off
        if pragma.target != pragma.line:
            state[pragma.target] = True
            continue
        off = pragma.off and not pragma.late
        first = pragma.line if pragma.pinned and pragma.node in state else pragma.first
        above = pragma.node - (1 if pragma.module else 0)
        for line in range(first, pragma.last + 1):
            if above < line < pragma.line and line in state:
                continue
            if line == pragma.line:
                off = pragma.off
            state[line] = off

    def hides(line: int) -> bool:
        off = state.get(line)
        if off is None and 0 < bottom < line:
            off = next((value for at, value in reversed(raw.items()) if at <= line), False)
        return bool(off)

    return hides
