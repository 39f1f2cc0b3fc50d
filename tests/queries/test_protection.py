"""What code does about credentials and limits, and which row a value is."""

from __future__ import annotations

import pytest

from layercheck.queries.credentials import admits_anonymous, rejects
from layercheck.queries.rate_limits import limits
from layercheck.queries.row_types import row_table
from support import project_of

_HEAD = "from fastapi import HTTPException\n\n\nasync def f(request, call_next):\n"


@pytest.mark.parametrize(
    ("body", "refuses", "admits"),
    [
        ("    t = request.headers.get('Authorization')\n    if not t:\n        raise HTTPException(401)\n", True, False),
        ("    t = request.headers.get('Authorization')\n    if not t:\n        return await call_next(request)\n    raise HTTPException(401)\n", True, True),
        ("    t = request.headers.get('Authorization')\n    if t:\n        raise HTTPException(status_code=403)\n    return None\n", True, True),
        ("    t = request.headers.get('Authorization')\n    if t is None or t == '':\n        raise HTTPException(404)\n", False, False),
        ("    try:\n        raise HTTPException(401)\n    except HTTPException:\n        return None\n", False, False),
    ],
)  # fmt: skip
def test_who_is_refused(body: str, refuses: bool, admits: bool) -> None:
    project = project_of({"app/deps.py": _HEAD + body})
    assert rejects(project, "app/deps.py:f") is refuses
    assert admits_anonymous(project, "app/deps.py:f") is admits


@pytest.mark.parametrize(
    ("raised", "refuses"),
    [
        ("RequestError(ErrorType.NOT_AUTHENTICATED)", True),
        ("RequestError(code=Codes.FORBIDDEN)", True),
        ("RequestError(ErrorType.NOT_FOUND)", False),
        ("RequestError(settings.authorize_url)", False),
    ],
)
def test_one_exception_for_everything(raised: str, refuses: bool) -> None:
    code = f"from app.errors import RequestError, ErrorType, Codes, settings\n\n\ndef f(token):\n    raise {raised}\n"
    files = {"app/errors.py": "class RequestError(Exception):\n    pass\n", "app/deps.py": code}
    assert rejects(project_of(files), "app/deps.py:f") is refuses


@pytest.mark.parametrize(
    ("body", "limited"),
    [
        ("    raise HTTPException(429)\n", True),
        ("    check_login_attempts(request)\n", True),
        ("    raise HTTPException(401)\n", False),
    ],
)
def test_what_limits(body: str, limited: bool) -> None:
    assert limits(project_of({"app/deps.py": _HEAD + body}), "app/deps.py:f") is limited


_MODELS = """
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

def find(db: Session):
    return db.query(User).filter(User.id == 1).first()

async def f(db: Session, other):
    statement = select(User).where(User.id == 1)
    row = {value}
    return row
"""


@pytest.mark.parametrize(
    ("value", "is_row"),
    [
        ("db.get(User, 1)", True),
        ("db.query(User).one_or_none()", True),
        ("(await db.execute(statement)).scalar_one_or_none()", True),
        ("db.scalar(select(User))", True),
        ("find(db)", True),
        ("other.get('user')", False),
        ("db.query(User.id).first()", False),
    ],
)
def test_which_row_it_is(value: str, is_row: bool) -> None:
    project = project_of({"app/models.py": _MODELS.replace("{value}", value)})
    assert row_table(project, "app/models.py:f", "row", 1 << 20) == ("app/models.py:User" if is_row else None)
