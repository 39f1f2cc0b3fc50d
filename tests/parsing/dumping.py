"""A syntax tree as plain JSON values, in a form that does not depend on the interpreter.

Runs on every supported interpreter and inside Pyodide (see `regenerate.mjs`), so it imports only `ast`.
"""

import ast

_LATER_FIELDS = {  # fields that newer versions added to old nodes, and what they are where they are missing
    "FunctionDef": {"type_params": []},
    "AsyncFunctionDef": {"type_params": []},
    "ClassDef": {"type_params": []},
    "TypeVar": {"default_value": None},
    "ParamSpec": {"default_value": None},
    "TypeVarTuple": {"default_value": None},
}


def dump(node):
    """A node as [class name, [line, column, end line, end column] or null, {field: value}], lists and constants likewise."""
    if isinstance(node, list):
        return [dump(item) for item in node]
    if not isinstance(node, ast.AST):
        return constant(node)
    name = type(node).__name__
    place = None
    if getattr(node, "lineno", None) is not None:
        place = [node.lineno, node.col_offset, node.end_lineno, node.end_col_offset]
    later = _LATER_FIELDS.get(name, {})
    fields = {field: dump(getattr(node, field, later.get(field))) for field in dict.fromkeys((*node._fields, *later))}
    if name == "TypeAlias":  # where there is no such class, `parse` gives an assignment
        fields = {
            "targets": [fields["name"]],
            "value": fields["value"],
            "type_comment": None,
            "type_params": fields["type_params"],
        }
        name = "Assign"
    elif name == "Assign" and hasattr(node, "type_params"):
        fields["type_params"] = dump(node.type_params)
    return [name, place, fields]


def constant(value):
    """A constant that JSON can hold and that keeps 1, 1.0, True and "1" apart."""
    if value is None or isinstance(value, str):
        if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
            return {"surrogates": ascii(value)}
        return value
    return {type(value).__name__: repr(value)}


def outcome(text):
    """The dump of a text, or null when it does not parse."""
    try:
        return dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return None
