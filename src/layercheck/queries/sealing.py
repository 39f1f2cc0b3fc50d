"""Secrets are taken out of a file before anything is kept of it: facts, cache, messages and logs cannot show what they never held.

DESIGN: a `Sealer` goes with the one walk over a file and replaces the value of every literal that is a credential by its first two characters and
a mark (`credentials.SEALED`) that says what it was; `queries.secrets` and `queries.secret_formats` give the same answers for a sealed literal as for
the real one. A URL keeps everything but its password. What stands under a name is judged by that name, so "admin" as a role stays what it is.
`veiled` blots the same literals out of a line of source that is shown to people.
"""

from __future__ import annotations

import _ast as ast  # see `parsing.nodes.walk`
from collections.abc import Callable, Iterator
from typing import Any

from layercheck.knowledge.credentials import BASIC_AUTH, CONVERSIONS, SEALED, SEALED_DEFAULT, WRAPPERS
from layercheck.parsing.nodes import walk
from layercheck.patterns import pattern
from layercheck.queries.secret_formats import provider_secret, regex, sealed_tokens
from layercheck.queries.secrets import (
    PASSWORD,
    dsn_credentials,
    insecure_default,
    plausible_secret,
    sealed_urls,
    secret_kind,
    takes_password,
)

_OPENING = pattern(rb"[A-Za-z]{0,2}(?:\"\"\"|'''|\"|')")
"""How a literal begins; a part of an f-string, which has a place of its own from Python 3.12 on, begins with its text."""
Span = tuple[int, int, int, int]
"""line, column in UTF-8 bytes, end line, end column"""

_GIVING_DEFAULTS = WRAPPERS | {"Field"}
_NAMED = r"([\w-]*(?:[Pp][Aa][Ss][Ss]|[Pp][Ww]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Cc][Rr][Ee][Dd]|[Aa][Uu][Tt][Hh])[\w-]*)[\"']?\s*[\])]?\s*([=:,(!])[^\"'\n]{0,80}\s*[^\"'\n]{0,40}[\"'][^\"'\n]{4}"
_PLACED = r"auth\s*=\s*\(|Auth\(|[Jj][Ww][Tt]\w*\.(?:en|de)code\("
_PARTS = ("pass", "secret", "token", "key", "pw", "cred", "auth")
_MARKS = (*_PARTS, "://")
_GIVEN = r"([\w-]+)([\"']?[ \t]*[:=][ \t]*[\"']?)([^\s\"',;#]{4,})"
_RUN = r"[\w~+/=.-]{20,}"
_MIXED = r"\d|[a-z][A-Z]"
_KEYED = r"[\w-]{8}:[\w-]{20}"
_LINKED = r"://[^\s/\"'@]*:[^\s\"'@]*@|(?i:password|passwd|pwd)\s?="


class Sealer:
    """Takes the secrets out of one file while it becomes facts: `extract` asks it at each node that can give a literal to a name."""

    def __init__(self) -> None:
        self.found: list[ast.Constant] = []
        """The literals that were sealed."""

    def node(self, node: ast.AST) -> None:
        """Seal the literals that this node gives to a credential's name."""
        worth = _WORTH.get(node.__class__)
        if worth is None or worth(node):
            self._judge(node)

    def call(self, node: ast.Call) -> None:
        """`node` for a call, which most are."""
        if _call_may(node):
            self._judge(node)

    def _judge(self, node: ast.AST) -> None:
        for literal, name, default in _judged(node):
            text = _text(literal)
            if text is None or SEALED in text or dsn_credentials(text) or provider_secret(text) is not None:
                continue
            if plausible_secret(text, name):
                self._replace(literal, text[:2] + SEALED)
            elif default and insecure_default(name, text):
                self._replace(literal, text[:2] + SEALED_DEFAULT)

    def literal(self, node: ast.Constant) -> None:
        """Seal a literal that is a secret by its form."""
        value = node.value
        if value.__class__ is str and "=" not in value and "://" not in value and not _token_like(value):
            return
        text = _text(node)
        if text is not None and SEALED not in text:
            without = _formless(text)
            if without != text:
                self._replace(node, without)

    def text(self, text: str) -> str:
        """The text of a file that is no Python, without its credentials."""
        return seal_text(text)

    def _replace(self, node: ast.Constant, value: str) -> None:
        node.value = value
        self.found.append(node)


def _token_like(text: str) -> bool:
    """Whether a piece of a text without spaces could be a token, or a private key begins in it."""
    if len(text) < 20:
        return False
    return "PRIVATE KEY-----" in text or any(map(_like_token, [piece for piece in text.split() if len(piece) >= 20]))


def _like_token(piece: str) -> bool:
    """Whether it has twenty of a token's characters in a row, with a digit or a small letter before a capital in the same row; or an
    identifier, a colon and a key."""
    mixed = regex(_MIXED).search
    if mixed(piece) is not None and any(map(mixed, regex(_RUN).findall(piece))):
        return True
    return ":" in piece and regex(_KEYED).search(piece) is not None


def _formless(text: str) -> str:
    """A text without what is a secret by its form."""
    if _token_like(text) and provider_secret(text, whole=True) is not None:
        text = sealed_tokens(text)
    if "=" in text or "://" in text:
        text = sealed_urls(text)
    return text


def seal_text(text: str) -> str:
    """The text of a file that is no Python, without its credentials: tokens, passwords in URLs, and what is given to a secret's name."""
    text = sealed_tokens(text, telling=True)
    out = []
    done = 0
    for start, end in _marked_lines(text):
        out += [text[done:start], regex(_GIVEN).sub(_without_value, _formless(text[start:end]))]
        done = end
    return "".join(out) + text[done:]


def _marked_lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of the lines in which something is named like a credential, or which hold a URL; in order."""
    found = set()
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters have a longer small form
        lowered = "".join([c.lower() if c.isascii() else c for c in text])
    for mark in _MARKS:
        at = lowered.find(mark)
        while at >= 0:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            found.add((text.rfind("\n", 0, at) + 1, end))
            at = lowered.find(mark, end)
    return sorted(found)


def _without_value(found: object) -> str:
    name, between, value = found.group(1, 2, 3)  # type: ignore[attr-defined]
    if secret_kind(name) is not None and SEALED not in value and plausible_secret(value, name):
        value = value[:2] + SEALED
    return f"{name}{between}{value}"


def veiled(line: str, number: int, spans: tuple[Span, ...]) -> str:
    """A line of source for people: the literals of `spans` are blotted out but for their quote and two characters."""
    data = bytearray(line.encode("utf-8", "surrogatepass"))
    for first, column, last, end in spans:
        if first <= number <= last:
            start = column if number == first else len(data) - len(data.lstrip())
            stop = min(end if number == last else len(data), len(data))
            if number == first:
                opening = _OPENING.match(data, start, stop)
                start = (opening.end() if opening is not None else start) + 2
            closing = 1 if number == last and stop > start and chr(data[stop - 1]) in "\"'" else 0
            for at in range(start, stop - closing):
                data[at] = ord("*")
    return data.decode("utf-8", "replace")


def may_hold(text: str) -> bool:
    """Whether a piece of source can hold a credential at all; for a few lines, as it takes time."""
    if any(regex(pattern).search(text) for pattern in (_LINKED, _PLACED)) or _formless(text) != text:
        return True
    lowered = text.lower()
    for found in regex(_NAMED).finditer(text) if any(mark in lowered for mark in _PARTS) else ():
        name, operator = found.groups()
        if secret_kind(name) is not None or (operator == "(" and takes_password(name, 1)):
            return True
        if operator == "(" and any(map(secret_kind, regex(r"[\"']([\w-]+)[\"']").findall(found.group()))):
            return True
    return "PRIVATE KEY" in text


def secret_spans(text: str) -> tuple[Span, ...] | None:
    """Where the credentials of a source file stand; None for one that does not parse."""
    from ast import parse

    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    sealer = Sealer()
    for node in walk(tree):
        sealer.node(node)
    for node in walk(tree):
        if isinstance(node, ast.Constant):
            sealer.literal(node)
    return tuple([(n.lineno, n.col_offset, n.end_lineno or n.lineno, n.end_col_offset or 0) for n in sealer.found])


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, bytes):
            return node.value.decode("ascii", "replace")
    return None


Judged = Iterator[tuple[ast.Constant, str, bool]]
"""(literal, the name that it is given to, whether it is a default of a setting)"""


# Whether a node can give a literal to a credential's name: almost none can, and this is asked for every call of a project.


class _Asking(dict[str | None, bool]):
    """Name of a keyword -> whether what it is given may be a credential."""

    def __missing__(self, name: str | None) -> bool:
        found = self[name] = name is not None and (name in _ASKED or secret_kind(name) is not None)
        return found


class _Names(dict[str, bool]):
    """Name -> whether it means a credential."""

    def __missing__(self, name: str) -> bool:
        if len(self) >= 1 << 16:
            self.clear()
        found = self[name] = secret_kind(name) is not None
        return found


_ASKED = frozenset({"auth", "basic_auth", "default"})
_ASKING = _Asking()
_NAMES = _Names()
_TAKERS = BASIC_AUTH | {"encode", "decode"}
_MAY_GIVE = frozenset({ast.Constant, ast.BoolOp, ast.IfExp, ast.Call, ast.Tuple})
"""The values that `_assigned` finds a literal in."""


def _call_may(node: Any) -> bool:
    for keyword in node.keywords:
        if _ASKING[keyword.arg]:
            return True
    args = node.args
    if not args:
        return False
    function = node.func
    kind = function.__class__
    name = function.attr if kind is ast.Attribute else function.id if kind is ast.Name else ""
    if name in _TAKERS:
        return True
    if len(args) > 1 and args[-2].__class__ is ast.Constant:
        asked = _text(args[-2])
        if asked and _NAMES[asked]:
            return True
    return args[0].__class__ is ast.Constant and takes_password(name, len(args))


def _assignment_may(node: Any) -> bool:
    if node.value.__class__ not in _MAY_GIVE:
        return False
    target: Any = (
        node.target if node.__class__ is ast.AnnAssign else node.targets[0] if len(node.targets) == 1 else None
    )
    kind = target.__class__
    if kind is ast.Name:
        return _NAMES[target.id]
    return kind is not ast.Attribute or _NAMES[target.attr]


def _dict_may(node: Any) -> bool:
    keys = [k.value for k in node.keys if k.__class__ is ast.Constant and k.value.__class__ is str]
    return any(map(_NAMES.__getitem__, keys))


def _compare_may(node: Any) -> bool:
    sides = [node.left, *node.comparators]
    named = [side for side in sides if side.__class__ is not ast.Constant]
    return len(named) < len(sides) and any(map(_NAMES.__getitem__, map(_name_of, named)))


def _defaults_may(node: Any) -> bool:
    defaults = node.defaults
    given = [*node.posonlyargs, *node.args][-len(defaults) :] if defaults else []
    return any(map(_NAMES.__getitem__, [argument.arg for argument in (*given, *node.kwonlyargs)]))


_WORTH: dict[type, Callable[[Any], bool]] = {
    ast.Call: _call_may,
    ast.Assign: _assignment_may,
    ast.AnnAssign: _assignment_may,
    ast.Dict: _dict_may,
    ast.Compare: _compare_may,
    ast.arguments: _defaults_may,
}


def _judged(node: ast.AST) -> Judged:
    """The literals that one node gives to a name."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield from _under(_name_of(target), value, True)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is not None:
                    yield from _under(_text(key) or "", value, False)
        case ast.Compare(left=left, comparators=rest):
            sides = [left, *rest]
            for name in [n for n in map(_name_of, sides) if secret_kind(n) is not None][:1]:
                for side in sides:
                    yield from _under(name, side, False)
        case ast.Call():
            yield from _called(node)
        case ast.arguments():
            positional = [*node.posonlyargs, *node.args]
            for argument, default in zip(
                positional[len(positional) - len(node.defaults) :], node.defaults, strict=True
            ):
                yield from _under(argument.arg, default, False)
            for argument, keyword_default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                if keyword_default is not None:
                    yield from _under(argument.arg, keyword_default, False)


def _called(call: ast.Call) -> Judged:
    """`getenv("SECRET", "...")`, `BasicAuth("user", "...")`, `jwt.encode(claims, "...")`, `hash_password("...")`."""
    name = _name_of(call.func)
    given = call.args
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield from _under(keyword.arg, keyword.value, False)
        if (
            keyword.arg in ("auth", "basic_auth")
            and isinstance(keyword.value, ast.Tuple)
            and len(keyword.value.elts) == 2
        ):
            yield from _under(PASSWORD, keyword.value.elts[1], False)
    if len(given) > 1:
        yield from _under(_text(given[-2]) or "", given[-1], True)
        if name in BASIC_AUTH:
            yield from _under(PASSWORD, given[1], False)
        elif name in ("encode", "decode"):
            yield from _under("signing_key", given[1], False)
    if name in ("encode", "decode"):
        for keyword in call.keywords:
            if keyword.arg == "key":
                yield from _under("signing_key", keyword.value, False)
    if given and takes_password(name, len(given)):
        yield from _under(PASSWORD, given[0], False)
    asked = _text(given[0]) if given else None
    if asked is not None:
        for keyword in call.keywords:
            if keyword.arg == "default":
                yield from _under(asked, keyword.value, True)


def _assigned(target: ast.expr, value: ast.expr) -> Judged:
    if isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(target.elts) == len(value.elts):
            for one, given in zip(target.elts, value.elts, strict=True):
                yield from _assigned(one, given)
        return
    yield from _under(_name_of(target), value, False)


def _under(name: str, value: ast.expr, default: bool) -> Judged:
    """The literals that `value` can be, when the name is one of a credential."""
    if not name or secret_kind(name) is None:
        return
    match value:
        case ast.Constant():
            yield value, name, default
        case ast.BoolOp(values=operands):
            for operand in operands:
                yield from _under(name, operand, default)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _under(name, body, default)
            yield from _under(name, orelse, default)
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in CONVERSIONS and not value.args[1:]:
            yield from _under(name, inner, default)
        case ast.Call(func=func, args=args, keywords=keywords) if _name_of(func) in _GIVING_DEFAULTS:
            for argument in args[:1]:
                yield from _under(name, argument, default)
            for keyword in keywords:
                if keyword.arg == "default":
                    yield from _under(name, keyword.value, True)


def _name_of(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return _text(target.slice) or "" if isinstance(target, ast.Subscript) else ""
