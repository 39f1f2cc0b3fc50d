"""f-strings with the freedoms of Python 3.12 (PEP 701) and t-strings (PEP 750, 3.14).

The place of each is held by `f''`, so that the host judges where a string may stand; the expressions in it become pieces. Nodes
are then built as CPython 3.14 builds them (`_PyPegen_joined_str`, `_PyPegen_formatted_value`, `_PyPegen_interpolation` and
`_PyPegen_concatenate_strings` in its `Parser/action_helpers.c`), positions included.
"""

from __future__ import annotations

import _ast
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from layercheck.parsing import nodes
from layercheck.parsing.draft import Edit, Source
from layercheck.parsing.plan import Plan
from layercheck.parsing.scanner import STRING, Field, Literal, Part, Template, Token, without_comments
from layercheck.tuples import NamedTuple


class Verbatim(NamedTuple):
    """A plain string beside a template string: a piece."""

    piece: int


class Text(NamedTuple):
    """Literal text of a template string: its value, or the piece that has it."""

    value: str | int
    start: int
    end: int


class Value(NamedTuple):
    """A replacement field; its expression is a piece."""

    piece: int
    field: Field
    spec: list[Text | Value] | None


Item: TypeAlias = Verbatim | Text | Value


class Group(NamedTuple):
    """Adjacent strings, at least one of them a template string. `kind`: "f", or "t" for template strings proper."""

    kind: str
    items: list[Item]


def edits_of(tokens: Sequence[Token], plan: Plan) -> Iterator[Edit]:
    """Stand-ins for the template strings that the target cannot parse. Notes the groups in the plan."""
    index = 0
    while index < len(tokens):
        end = index
        while end < len(tokens) and tokens[end].text == STRING:
            end += 1
        if end > index:
            yield from _group(tokens[index:end], plan)
        index = end + 1


def _group(strings: Sequence[Token], plan: Plan) -> Iterator[Edit]:
    templates = [string.template for string in strings if string.template is not None]
    all_wanted = plan.target < (3, 12)
    if not any(all_wanted or template.newer for template in templates):
        return
    kind = "t" if any(template.kind == "t" for template in templates) else "f"
    if kind == "t" and (len(templates) < len(strings) or any(template.kind == "f" for template in templates)):
        return  # no Python mixes them; the host will say so
    items: list[Item] = []
    for string in strings:
        if string.template is None:
            items.append(Verbatim(plan.expression([string])))
        else:
            items += _items(string.template.parts, string.template, plan)
            lines = plan.source.text.count("\n", string.start, string.end)
            yield Edit(string.start, string.end, "f'''" + "\n" * lines + "'''" if lines else "f''", solid=True)
    plan.groups[plan.source.place(strings[0].start)] = Group(kind, items)


def _items(parts: Sequence[Part], template: Template, plan: Plan) -> list[Text | Value]:
    items: list[Text | Value] = []
    for part in parts:
        if isinstance(part, Literal):
            end = part.end - part.doubled
            text = plan.source.text[part.start : end]
            decoded = plan.literal(part.start, end) if "\\" in text and not template.raw else text
            items.append(Text(decoded, part.start, part.end))
        else:
            starred = part.tokens[0].text == "*" and not _has_comma(part.tokens)
            piece = plan.expression(part.tokens, element=starred)
            spec = None if part.spec is None else _items(part.spec.parts, template, plan)
            items.append(Value(piece, part, spec))
    return items


def _has_comma(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in tokens:
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
        elif token.text == "," and not depth:
            return True
    return False


def restore(node: Any, group: Group, values: Sequence[Any], source: Source) -> None:
    """Make the JoinedStr that held the group's place what the group was. `values`: the parsed pieces by number."""
    node.values = _folded(_nodes(group.items, group.kind, values, source))
    if group.kind == "t":
        node.__class__ = nodes.TemplateStr


def _nodes(items: Sequence[Item], kind: str, values: Sequence[Any], source: Source) -> Iterator[Any]:
    for item in items:
        if isinstance(item, Verbatim):
            yield values[item.piece]
        elif isinstance(item, Text):
            value = item.value if isinstance(item.value, str) else values[item.value].value
            if value:  # a continued line can be all there is
                yield _placed(_ast.Constant(value=value, kind=None), item.start, item.end, source)
        else:
            yield from _field_nodes(item, kind, values, source)


def _field_nodes(item: Value, kind: str, values: Sequence[Any], source: Source) -> Iterator[Any]:
    field = item.field
    written = without_comments(source.text[field.start + 1 : field.stop])
    if field.debug:
        yield _placed(_ast.Constant(value=written, kind=None), field.start + 1, field.stop, source)
    spec = None
    if item.spec is not None and field.spec is not None:
        spec = _ast.JoinedStr(values=_folded(_nodes(item.spec, "f", values, source)))
        _placed(spec, field.spec.start, field.spec.end, source)
    conversion = ord(field.conversion) if field.conversion else ord("r") if field.debug and spec is None else -1
    node: Any
    if kind == "t":
        expression = written.rstrip(" \t\n\f\r\v=")
        node = nodes.Interpolation(value=values[item.piece], str=expression, conversion=conversion, format_spec=spec)
    else:
        node = _ast.FormattedValue(value=values[item.piece], conversion=conversion, format_spec=spec)
    yield _placed(node, field.start, field.end, source)


def _folded(parts: Iterator[Any]) -> list[Any]:
    """Neighbouring constants made one, which keeps the kind (`u`) of the first; empty ones dropped."""
    out: list[Any] = []
    run: list[Any] = []

    def end_run() -> None:
        value = "".join([constant.value for constant in run])
        if value:
            first = run[0]
            if len(run) > 1:
                first = _ast.Constant(value=value, kind=first.kind, lineno=first.lineno, col_offset=first.col_offset)
                first.end_lineno, first.end_col_offset = run[-1].end_lineno, run[-1].end_col_offset
            out.append(first)
        run.clear()

    for part in parts:
        if isinstance(part, _ast.Constant):
            run.append(part)
        else:
            end_run()
            out.append(part)
    end_run()
    return out


def _placed(node: Any, start: int, end: int, source: Source) -> Any:
    node.lineno, node.col_offset = source.place(start)
    node.end_lineno, node.end_col_offset = source.place(end)
    return node
