"""Random small projects and random edits of them, as Hypothesis strategies.

DESIGN: a project is a mapping of path to text. Paths and names come from small pools, so that files import each other, shadow each
other and go in circles all the time; a file is a list of pieces (imports, classes, functions, handlers, loops, broken syntax), each a
template whose slots are drawn. Most of what comes out makes no sense as a program. That is the point: the laws hold for any text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from hypothesis import strategies as st

PATHS = (
    "app/__init__.py",
    "app/main.py",
    "app/deps.py",
    "app/models.py",
    "app/api/__init__.py",
    "app/api/users.py",
    "app/api/items.py",
    "app/services/__init__.py",
    "app/services/users.py",
    "app/services/items.py",
    "app/repositories/users.py",
    "app/schemas.py",
    "lib/tools.py",
    "scripts/load.py",
    "tests/test_users.py",
)
DOCUMENTS = (
    "README.md",
    "app/README.md",
    "app/api/README.md",
    "app/services/readme.md",
    "pyproject.toml",
    "lib/requirements.txt",
)
MODULES = (
    "app",
    "app.deps",
    "app.models",
    "app.api",
    "app.api.users",
    "app.api.items",
    "app.services",
    "app.services.users",
    "app.services.items",
    "app.repositories.users",
    "app.schemas",
    "lib.tools",
    "tools",
)
RELATIVE = (
    ".",
    "..",
    ".users",
    ".items",
    "..deps",
    "..models",
    "..services",
    "..services.users",
    "..repositories.users",
    ".deps",
)
NAMES = (
    "get_db",
    "Db",
    "User",
    "Item",
    "UserService",
    "UserStore",
    "find",
    "load",
    "total",
    "router",
    "users",
    "LIMIT",
)
FUNCTIONS = ("find", "load", "total", "users")
CLASSES = ("User", "Item", "UserService", "UserStore")
TYPES = (
    "Session",
    "Session",
    "AsyncSession",
    "Db",
    "User",
    "UserService",
    "UserStore",
    "list[User]",
    '"UserStore"',
    "Item | None",
)
CONSTANTS = ("1", "True", "1.0", "0", "False", "None", "'a'", "1041", "(1, 2)", "[]")
CALLS = (
    "session.execute(select(User))",
    "session.get(User, key)",
    "session.query(User).filter(User.id == key).all()",
    "session.commit()",
    "session.add(User())",
    "{f}(session, key)",
    "{f}(session, key)",
    "{f}(session, key, {constant})",
    "{f}(key)",
    "{c}(session).{f}(key)",
    "{c}(session).{f}(key, save={constant})",
    "self.{f}(key)",
    "self.session.scalars(select(User)).all()",
    "self.store.{f}(key)",
    "User.query.get(key)",
    "{module}.{f}(session)",
    "time.sleep({constant})",
    "print(key)",
    "await session.execute(select(User))",
    "await {f}(session, key)",
    "lambda: {f}(session)",
    "await run_in_threadpool({f}, session)",
)
PIECES = (
    "from {module} import {name}",
    "from {module} import {f}",
    "from {module} import {name} as {name2}",
    "from {module} import *",
    "import {module}",
    "import {module} as {name}",
    "from {relative} import {name}",
    "from {relative} import {f}, {c}",
    "if TYPE_CHECKING:\n    from {module} import {name}",
    "try:\n    from {module} import {f}\nexcept ImportError:\n    {f} = None",
    "__all__ = ['{name}', '{f}']",
    "router = APIRouter()",
    "router = APIRouter()\n\n\n@router.get('/{f}')\ndef handle_{f}(session: {type}, key: int = {constant}):\n    marker = 1041\n    return {call}",
    "@router.post('/{f}')\nasync def handle_{f}(session: {type} = Depends({name2}), key=Depends({f2})):\n    found = {call}\n    return {call2}",
    "app = FastAPI()\napp.include_router(router)",
    "def get_db() -> Session:\n    with Session() as one:\n        yield one",
    "async def get_db():\n    yield AsyncSession()",
    "Db = Annotated[{type}, Depends({f})]",
    "Db = Annotated[{type}, Depends(get_db)]",
    "{name} = {name2}",
    "{f} = {c}(Session()).{f2}",
    "LIMIT = {constant}",
    "class Base(DeclarativeBase):\n    pass\n\n\nclass User(Base):\n    __tablename__ = 'user'\n    id: Mapped[int] = mapped_column(primary_key=True)",
    "class {c}(SQLModel, table={constant}):\n    id: int = Field(primary_key=True)\n\n    @classmethod\n    def {f}(cls, session: Session, key):\n        return {call}",
    "class {c}(BaseModel):\n    id: int = {constant}",
    "class {c}({c2}):\n    marker = 1041\n\n    def {f}(self, key):\n        return {call}",
    "class {c}:\n    store: {type}\n\n    def __init__(self, session: {type2}, store: {c2} = None):\n        self.session = session\n        self.store = store\n\n"
    "    def {f}(self, key, save={constant}):\n        if save:\n            {call}\n        return {call2}",
    "class {c}:\n    def __init__(self, session: Session):\n        self.session = session\n\n    def {f}(self, key):\n        return {call}",
    "def {f}(session: {type}, key=None):\n    marker = 1041\n    return {call}",
    "def {f}(session: Session, keys):\n    for key in keys:\n        {call}\n    return [{call2} for key in keys]",
    "async def {f}(session: {type}, keys=()):\n    for key in keys:\n        {call}\n    else:\n        {call2}",
    "def {f}(session: Session, key, flag={constant}):\n    if flag:\n        return {call}\n    return {call2}",
    "def {f}(session, key, flag=None) -> {type}:\n    def inner(key):\n        return {call}\n\n    return inner({call2}, flag)",
    "def {f}(*args, **kwargs):  # noqa: LC308\n    print(args)  # layercheck: ignore[LC308]\n    return {constant}",
    "if __name__ == '__main__':\n    {f}({constant})",
    "def broken(:",
    "{name}: {type} = {constant}",
)  # fmt: skip

_types = st.sampled_from(TYPES)
_constants = st.sampled_from(CONSTANTS)
_functions = st.sampled_from(FUNCTIONS)
_classes = st.sampled_from(CLASSES)
_names = st.sampled_from(NAMES)
_simple = {
    "name": _names,
    "name2": _names,
    "f": _functions,
    "f2": _functions,
    "c": _classes,
    "c2": _classes,
    "type": _types,
    "type2": _types,
    "constant": _constants,
    "module": st.sampled_from(MODULES),
    "relative": st.sampled_from(RELATIVE),
}
_SLOT = re.compile(r"\{(\w+)\}")


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda match: values[match[1]], template)


@st.composite
def pieces(draw: st.DrawFn) -> str:
    """One piece of a file, its slots filled."""
    template = draw(st.sampled_from(PIECES))
    values = {
        slot: draw(_simple[slot]) for slot in dict.fromkeys(_SLOT.findall(template)) if not slot.startswith("call")
    }
    for slot in dict.fromkeys(_SLOT.findall(template)):
        if slot.startswith("call"):
            call = draw(st.sampled_from(CALLS))
            values[slot] = _fill(call, {inner: draw(_simple[inner]) for inner in dict.fromkeys(_SLOT.findall(call))})
    return _fill(template, values)


HEADER = """\
import time
from typing import Annotated, TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlmodel import Field, SQLModel
from starlette.concurrency import run_in_threadpool

from app.deps import Db, get_db
from app.models import Item, User
from app.repositories.users import UserStore
from app.services.users import UserService, find, load, total"""


def texts(most: int = 7) -> st.SearchStrategy[str]:
    """The text of a Python file; most start with the usual imports, so that names mean something."""
    heads = st.sampled_from(([HEADER], [HEADER], [HEADER], []))
    parts = st.tuples(heads, st.lists(pieces(), min_size=min(most, 2), max_size=most))
    return parts.map(lambda both: "\n\n\n".join((*both[0], *both[1])) + ("\n" if both[0] or both[1] else ""))


def projects(least: int = 2, most: int = 8) -> st.SearchStrategy[dict[str, str]]:
    """A project: Python files, now and then a README or a pyproject.toml."""
    code = st.dictionaries(st.sampled_from(PATHS), texts(), min_size=least, max_size=most)
    other = st.dictionaries(
        st.sampled_from(DOCUMENTS), st.sampled_from(("", "# Title\n\nWhat it is for.\n")), max_size=2
    )
    return st.tuples(code, other).map(lambda both: {**both[0], **both[1]})


class Edit(NamedTuple):
    """One change: the new text of a path, or None for a file that is gone."""

    path: str
    text: str | None


def apply(files: Mapping[str, str], changes: list[Edit]) -> dict[str, str]:
    """The project after the changes."""
    out = dict(files)
    for path, text in changes:
        if text is None:
            out.pop(path, None)
        else:
            out[path] = text
    return out


def moved_down(text: str, at: int, lines: int) -> str:
    """Blank lines before one of the pieces of a file."""
    parts = text.split("\n\n\n")
    position = at % len(parts)
    parts[position] = "\n" * lines + parts[position]
    return "\n\n\n".join(parts)


def spread(text: str) -> str:
    """The same code, the arguments of calls on lines of their own (and often a broken file: commas stand elsewhere too)."""
    return re.sub(r"\((\w+), ", "(\n            \\1,\n            ", text)


def with_other_marker(text: str) -> str:
    """Another number in the bodies that have one: nothing that anybody else could know of."""
    return re.sub(r"(?m)^(\s+marker = )(\d+)$", lambda m: f"{m[1]}{int(m[2]) + 1}", text)


@st.composite
def edits(draw: st.DrawFn, files: Mapping[str, str]) -> list[Edit]:
    """One step of an edit history."""
    kind = draw(
        st.sampled_from(
            ("write", "write", "delete", "rename", "down", "spread", "constant", "break", "mend", "swap", "readme")
        )
    )
    present = sorted(path for path in files if path.endswith(".py"))
    if kind == "write" or not present:
        return [Edit(draw(st.sampled_from(PATHS)), draw(texts(4)))]
    if kind == "readme":
        return [Edit(draw(st.sampled_from(DOCUMENTS)), draw(st.sampled_from(("# Title\n", None))))]
    path = draw(st.sampled_from(present))
    text = files[path]
    if kind == "delete":
        return [Edit(path, None)]
    if kind == "rename":
        return [Edit(path, None), Edit(draw(st.sampled_from(PATHS)), text)]
    if kind == "down":
        return [Edit(path, moved_down(text, draw(st.integers(0, 6)), draw(st.integers(1, 3))))]
    if kind == "spread":
        return [Edit(path, spread(text))]
    if kind == "constant":
        old, new = draw(_constants), draw(_constants)
        return [Edit(path, re.sub(rf"(?<=[ =(]){re.escape(old)}(?=\W)", new, text, count=draw(st.integers(1, 3))))]
    if kind == "break":
        return [Edit(path, text + "\n\n\ndef broken(:\n")]
    if kind == "mend":
        return [Edit(path, text.replace("def broken(:", ""))]
    parts = text.split("\n\n\n")
    return [Edit(path, "\n\n\n".join(draw(st.permutations(parts))))]
