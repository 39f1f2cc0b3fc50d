"""An expression of the intermediate representation as short Python text, for messages and JSON."""

from __future__ import annotations

from layercheck.ir import Expr

_LIMIT = 200


def show(e: Expr | None) -> str:
    """The expression as Python source, near enough to recognise it; cut at 200 characters. Unknown parts are "..."."""
    text = _text(e)
    return text if len(text) <= _LIMIT else text[: _LIMIT - 3] + "..."


def _text(e: Expr | None) -> str:
    if e is None:
        return ""
    if isinstance(e, str):
        return e
    match e:
        case ("ref", name, _):
            return str(name)
        case ("const", value):
            return "..." if value is Ellipsis else repr(value)
        case ("call", func, args, keywords, _):
            given = [_text(a) for a in args]
            given += [f"{name}={_text(value)}" if name else f"**{_text(value)}" for name, value in keywords]
            return f"{_text(func)}({', '.join(given)})"
        case ("attr", value, name, _):
            return f"{_text(value)}.{name}"
        case ("item", value, ("tuple", items), _):
            return f"{_text(value)}[{_joined(items)}]"
        case ("item", value, index, _):
            return f"{_text(value)}[{_text(index)}]"
        case ("tuple", items):
            return f"({_joined(items)}{',' if len(items) == 1 else ''})"
        case ("list", items):
            return f"[{_joined(items)}]"
        case ("set", items):
            return f"{{{_joined(items)}}}"
        case ("dict", pairs):
            return (
                "{" + ", ".join(f"{_text(k)}: {_text(v)}" if k is not None else f"**{_text(v)}" for k, v in pairs) + "}"
            )
        case ("fstr", parts):
            return "f" + repr("".join(str(p[1]) if p[0] == "const" else f"{{{_text(p)}}}" for p in parts))
        case ("op" | "bool", operator, operands):
            return f" {operator} ".join(_text(o) for o in operands)
        case ("un", operator, operand):
            return f"{operator}{' ' if operator == 'not' else ''}{_text(operand)}"
        case ("cmp", left, rest, _):
            return _text(left) + "".join(f" {operator} {_text(right)}" for operator, right in rest)
        case ("ifexp", test, body, orelse):
            return f"{_text(body)} if {_text(test)} else {_text(orelse)}"
        case ("lambda", names, body):
            return f"lambda {', '.join(names)}: {_text(body)}" if names else f"lambda: {_text(body)}"
        case ("await", value):
            return f"await {_text(value)}"
        case ("star", value):
            return f"*{_text(value)}"
    return "..."


def _joined(items: tuple[Expr, ...]) -> str:
    return ", ".join(_text(i) for i in items)
