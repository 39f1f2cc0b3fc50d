"""Cheap looks at a function or its code before a check is called: whether it can be a case for it at all.

DESIGN: what marks a check (`only_with`) is asked of every function that changed. Where it lies in the rule's module, or beside what the rule
asks, all of that is imported for a "no". So these lie here, and what they need takes next to nothing to import.
"""

from __future__ import annotations

from functools import lru_cache

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.pagination import PAGE_SIZES

_PLAIN_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple", "type"})
"""Annotations that mean no exception."""
RESPONSE_ENDINGS = ("JSONResponse", "Response", "PlainTextResponse", "ORJSONResponse", "HTMLResponse", "RedirectResponse")  # fmt: skip
_NO_PASSWORD = frozenset({"hash", "hashed", "digest", "encrypted", "user", "account", "new", "raw", "plain"})
"""Words that may stand beside those for a password."""


@lru_cache(maxsize=1 << 16)
def is_password_name(name: str) -> bool:
    """`password`, `passwd`, `hashed_password`, `password_hash`; not `smtp_password`, `password_changed_at`, `password_reset_token`."""
    lowered = name.lower()
    if "pass" not in lowered and "pwd" not in lowered:
        return False
    from layercheck.queries.secrets import words

    said = [w for w in words(name) if w not in _NO_PASSWORD]
    return said in (["password"], ["passwd"], ["pwd"], ["passphrase"], ["pass", "word"], ["pass"])


def means_password(text: str) -> bool:
    """Whether a name means a password, as `secrets.secret_kind` says."""
    from layercheck.queries.secrets import PASSWORD, secret_kind

    return secret_kind(text) == PASSWORD


def names_response(word: str) -> bool:
    """Whether a name ends like those of response classes."""
    return word.endswith(RESPONSE_ENDINGS)


def may_note(body: Body) -> bool:
    """Whether a walk can note a read or a query for each row. There is a loop, or rows that one call gives and another is handed; a
    property may give them too."""
    words = body.words
    if "for" in words or "while" in words:
        return True
    return "()" in words and (len(body.raw_calls) > 1 or "self" in words)


def may_commit_twice(body: Body) -> bool:
    """Whether there are two calls or blocks that can commit."""
    if len(body.raw_calls) > 1:
        return True
    managers = sum(len(info[0]) for kind, _, _, info in body.raw_contexts[1:] if kind == "with")
    return managers + len(body.raw_calls) > 1


def has_decorator(function: Function) -> bool:
    """Whether it has any."""
    return bool(function.decorators)


def has_default(function: Function) -> bool:
    """Whether a parameter has one."""
    return any(raw[3] is not None for raw in function.raw_params)


def has_page_size(function: Function) -> bool:
    """Whether a parameter is called as the size of a page is."""
    return any(raw[0].lower() in PAGE_SIZES for raw in function.raw_params)


def may_lack_annotation(function: Function) -> bool:
    """Whether the return or a parameter has no annotation; the first one of a method aside, unless it may be static."""
    if function.returns is None:
        return True
    return any(raw[2] is None for raw in function.raw_params[bool(function.cls and not function.decorators) :])


def may_be_handed_exception(function: Function) -> bool:
    """Whether the annotation of a parameter can be an exception."""
    return any(raw[2] is not None and may_be_exception(raw[2]) for raw in function.raw_params)


def may_be_exception(annotation: ir.Expr) -> bool:
    """Whether an annotation can mean one."""
    return annotation not in _PLAIN_TYPES if annotation.__class__ is str else annotation[0] in ("ref", "tuple")


def calls_in_head(function: Function) -> bool:
    """Whether there is a call, or a list of something, in the head."""
    for _, _, annotation, default, _ in function.raw_params:
        if next(ir.calls(annotation), None) is not None or next(ir.calls(default), None) is not None:
            return True
        if default is not None and default.__class__ is tuple and default[0] in ("list", "tuple"):
            return True
    return bool(function.decorators)
