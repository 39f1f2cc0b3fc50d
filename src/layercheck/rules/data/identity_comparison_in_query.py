"""Let the database compare, not Python.

`where(User.deleted_at is None)` compares a Python object with None at once: the condition is `False`, and the query returns nothing,
without any error. `not User.active`, `a and b` between conditions and `User.id in ids` are Python's, too: they cannot be overloaded
to make SQL.

How to fix: `User.deleted_at.is_(None)` (or `== None`), `~User.active`, `and_(a, b)` (or two arguments), `or_(a, b)`,
`User.id.in_(ids)`.

```python bad app/repositories/users.py
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[str | None]


living = select(User).where(User.deleted_at is None)
```
```python good app/repositories/users.py
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[str | None]


living = select(User).where(User.deleted_at.is_(None))
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import CallSite
from layercheck.queries.symbols import class_attribute, resolve
from layercheck.queries.tables import relationship, table_of
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import Typing, has_decorator

RULE = Rule(
    code="LC625",
    name="identity-comparison-in-query",
    message="{text} is decided by Python, once, and never reaches the database: write {fix}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DATA-13",),
    since="0.1",
)
TRIGGERS = frozenset({"where", "filter", "having", "join", "outerjoin", "and_", "or_", "not_", "case"})
_HYBRIDS = frozenset({"sqlalchemy.ext.hybrid.hybrid_property"})


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each condition handed to a query that Python evaluates."""
    key = item.body.key
    for argument in item.call[2]:
        yield from _condition(project, key, argument, item)


def _condition(project: Project, key: str, e: Expr, item: CallSite) -> Iterator[Fault]:
    match e:
        case ("cmp", left, ((operator, right),), at) if operator in ("is", "is not", "in", "not in"):
            text = column(project, key, left)
            if text is not None:
                yield Fault(item.body.place(at), _compared(text, operator, right))
        case ("un", "not", inner):
            text = column(project, key, inner)
            if text is not None or _is_condition(project, key, inner):
                shown = text or "(...)"
                yield Fault(item.place, {"text": f"not {shown}", "fix": f"~{shown}"})
        case ("bool", operator, operands):
            if any(column(project, key, o) or _is_condition(project, key, o) for o in operands[:-1]):
                fix = f"{operator}_(...) of sqlalchemy" + (", or two arguments" if operator == "and" else "")
                yield Fault(item.place, {"text": f"`{operator}` between conditions", "fix": fix})
            else:
                yield from _condition(project, key, operands[-1], item)
        case ("op", "&" | "|", operands):
            for operand in operands:
                yield from _condition(project, key, operand, item)


def _compared(text: str, operator: str, right: Expr) -> dict[str, str]:
    if operator in ("in", "not in"):
        method = "in_" if operator == "in" else "not_in"
        return {"text": f"{text} {operator} ...", "fix": f"{text}.{method}(...)"}
    shown = repr(right[1]) if ir.is_a(right, "const") else dotted(right) or "..."
    method = "is_" if operator == "is" else "is_not"
    return {"text": f"{text} {operator} {shown}", "fix": f"{text}.{method}({shown})"}


def _is_condition(project: Project, key: str, e: Expr) -> bool:
    """A comparison of a column, or a method of one: `User.age > 3`, `User.name.like("a%")`."""
    match e:
        case ("cmp", left, rest, _):
            return any(column(project, key, part) is not None for part in (left, *(r for _, r in rest)))
        case ("call", func, _, _, _):
            owner = (dotted(func) or "").rpartition(".")[0]
            return bool(owner) and column(project, key, owner) is not None
        case ("un", "~", inner):
            return _is_condition(project, key, inner) or column(project, key, inner) is not None
    return False


def column(project: Project, key: str, e: Expr) -> str | None:
    """The text of a column of a mapped class (also a relationship or hybrid), of an alias or of a Table's `c`; None otherwise."""
    text = dotted(e)
    if text is None or "." not in text:
        return None
    owner, _, name = text.rpartition(".")
    symbol = resolve(project, key, owner)
    if symbol is None or ":" not in symbol:
        return text if _is_table_column(project, key, owner) else None
    if not is_mapped(project, symbol):
        return text if _is_table_column(project, key, owner) else None
    table = table_of(project, symbol)
    if (table is not None and table.attribute(name) is not None) or relationship(project, symbol, name) is not None:
        return text
    method = class_attribute(project, symbol, name)
    function = project.get(Function, method) if method is not None and ":" in method else None
    return text if function is not None and has_decorator(project, function, _HYBRIDS) else None


def _is_table_column(project: Project, key: str, owner: str) -> bool:
    """`users.c.name` of a Table object."""
    head, _, last = owner.rpartition(".")
    if last not in ("c", "columns") or not head:
        return False
    kind = Typing(project, key).name(head, 1 << 30)
    return kind is not None and kind[:2] == ("inst", "sqlalchemy.Table")
