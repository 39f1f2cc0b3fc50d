"""The tree of a rewritten text made the tree of the original: positions first, then the nodes that the rewrite replaced."""

from __future__ import annotations

import _ast
from typing import Any

from layercheck.parsing import nodes
from layercheck.parsing.draft import Draft
from layercheck.parsing.generics import Declaration, Parameter
from layercheck.parsing.plan import Plan
from layercheck.parsing.templates import restore

_DECLARING = {
    getattr(_ast, name)
    for name in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "AnnAssign", "TypeAlias")
    if hasattr(_ast, name)
}


def patch(tree: Any, draft: Draft, plan: Plan) -> None:
    """Put the tree right, in place, and take the pieces off its end."""
    replaced = _move(tree, draft, plan)
    count = len(tree.body) - len(plan.pieces)
    values = [
        statement.value.elts[0] if piece.element else statement.value
        for piece, statement in zip(plan.pieces, tree.body[count:], strict=True)
    ]
    del tree.body[count:]
    for node in replaced:
        place = (node.lineno, node.col_offset)
        if node.__class__ is _ast.JoinedStr:
            restore(node, plan.groups[place], values, plan.source)
        else:
            _declare(node, plan.declarations[place], values, plan)


def _move(tree: Any, draft: Draft, plan: Plan) -> list[Any]:
    """Give every node its place in the source. Returns the nodes that the plan replaces.

    Parents come before their children, so a JoinedStr that holds the place of a group is met before anything that begins there.
    """
    replaced: list[Any] = []
    moved, groups, declarations = draft.moved, plan.groups, plan.declarations
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        fields = node.__dict__
        line = fields.get("lineno")
        if line is not None:
            if moved(line):
                node.lineno, node.col_offset = draft.start(line, node.col_offset)
            if moved(node.end_lineno):
                node.end_lineno, node.end_col_offset = draft.end(node.end_lineno, node.end_col_offset)
            kind = node.__class__
            if kind is _ast.JoinedStr:
                if (node.lineno, node.col_offset) in groups:
                    replaced.append(node)
                    continue  # whatever the stand-in held goes with it
            elif kind in _DECLARING and (node.lineno, node.col_offset) in declarations:
                replaced.append(node)
        for value in fields.values():
            if value.__class__ is list:
                stack.extend(item for item in value if isinstance(item, _ast.AST))
            elif isinstance(value, _ast.AST):
                stack.append(value)
    return replaced


def _declare(node: Any, declaration: Declaration, values: list[Any], plan: Plan) -> None:
    """Give a definition its type parameters; make an annotated assignment the `type` statement that it stands for."""
    if declaration.alias:
        target = node.annotation
        target.ctx = _ast.Store()
        for field in ("target", "annotation", "simple"):
            delattr(node, field)
        node.__class__ = _ast.Assign
        node.targets = [target]
        node.type_comment = None
    node.type_params = [_parameter(parameter, values, plan) for parameter in declaration.parameters]


def _parameter(parameter: Parameter, values: list[Any], plan: Plan) -> Any:
    node = getattr(nodes, parameter.kind)(name=parameter.name)
    if parameter.kind == "TypeVar":
        node.bound = None if parameter.bound is None else values[parameter.bound]
    node.default_value = None if parameter.default is None else values[parameter.default]
    node.lineno, node.col_offset = plan.source.place(parameter.start)
    node.end_lineno, node.end_col_offset = plan.source.place(parameter.end)
    return node
