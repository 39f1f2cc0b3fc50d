"""Whether the project changes the OpenAPI document by hand, `app.openapi = with_errors`, or makes one itself: `get_openapi(...)`."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.symbols import resolve


@query
def makes_document(project: Project) -> bool:
    """Whether code of the project makes an OpenAPI document: applications with `openapi_url=None` may be in it."""
    return any(
        not _MAKERS.isdisjoint(body.words) and any(ir.last_name(call[1]) in _MAKERS for call, *_ in body.raw_calls)
        for path in project.files()
        if path.endswith(".py") and not is_test(project, path)
        for body in project.of_file(Body, path)
    )


_MAKERS = frozenset({"get_openapi", "openapi"})


@query
def writes_into_document(project: Project, words: tuple[str, ...]) -> bool:
    """Whether the function that makes an application's document has one of the words as a key; also where it cannot be found."""
    return any(
        _in_file(project, path, words)
        for path in project.files()
        if path.endswith(".py") and not is_test(project, path)
    )


@query
def _in_file(project: Project, path: str, words: tuple[str, ...]) -> bool:
    for body in project.of_file(Body, path):
        for name, _, value, *_ in body.raw_binds:
            if name.endswith(".openapi") and value is not None and _has_word(project, body.key, value, words):
                return True
    return False


def _has_word(project: Project, key: str, value: ir.Expr, words: tuple[str, ...]) -> bool:
    symbols = [resolve(project, key, name) for e in ir.walk(value) if (name := ir.dotted(e)) is not None]
    bodies = [
        body
        for symbol in symbols
        if symbol is not None
        and project.get(Function, symbol) is not None
        and (body := project.get(Body, symbol)) is not None
    ]
    return not bodies or any(("const", word) in ir.expressions(body.statements) for body in bodies for word in words)
