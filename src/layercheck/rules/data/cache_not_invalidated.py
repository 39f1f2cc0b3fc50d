"""Bring the cache up to date where the row is changed.

A function that serves rows out of a cache goes on serving the old ones after a change, until the entry expires: a price that was
corrected, a user who was locked out.

How to fix: delete (or rewrite) the entry in the function that changes the row, after the commit; or let entries live for a minute at
most.

What counts: a class, or the functions of a module, where one function reads rows through a cache (looks a key up and stores under it,
or is decorated with `@cached`, `@lru_cache` and the like) and another one changes or deletes rows of the same table class while neither
it, nor what it calls, nor who calls it touches any cache. Not reported: new rows; entries that live for 60 seconds or less or for a time
that cannot be told; projects that listen to events of the ORM (`listens_for`); calls that publish or emit something.

```python bad app/services/books.py
from functools import lru_cache

from app.db import new_session
from app.models import Book


@lru_cache(maxsize=1000)
def title(book_id: int) -> str:
    with new_session() as session:
        return session.get(Book, book_id).title


def rename(book_id: int, title: str) -> None:
    with new_session() as session:
        book = session.get(Book, book_id)
        book.title = title
        session.commit()
```
```python bad app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

new_session = sessionmaker(create_engine("sqlite://"))
```
```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
```python good app/services/books.py
from functools import lru_cache

from app.db import new_session
from app.models import Book


@lru_cache(maxsize=1000)
def title(book_id: int) -> str:
    with new_session() as session:
        return session.get(Book, book_id).title


def rename(book_id: int, new_title: str) -> None:
    with new_session() as session:
        book = session.get(Book, book_id)
        book.title = new_title
        session.commit()
    title.cache_clear()
```
```python good app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

new_session = sessionmaker(create_engine("sqlite://"))
```
```python good app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import dotted
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.cached_reads import Cached, cached_reads, changes, touches_cache
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import place
from layercheck.queries.effects import local_summary
from layercheck.queries.import_names import python_files

RULE = Rule(
    code="LC621",
    name="cache-not-invalidated",
    message="{function} changes {entity} rows that {reader} keeps in a cache: remove the entry here, or what was changed is served stale",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-11",),
    since="0.1",
)
_SHORT = 60
_DEPTH = 3


def check(function: Function, project: Project) -> Iterator[Fault]:
    """Each function that changes rows which another one of its class or module caches."""
    kept = _kept(project, function.path, function.cls)
    if not kept or cached_reads(project, function.key):
        return
    for cls, at, owner in _changes(project, function):
        for reader, cached in kept:
            if reader == function.key or cls not in cached.classes:
                continue
            if _listens(project) or _touched(project, function.key):
                return
            name = cls.rpartition(":")[2].rpartition(".")[2]
            shown = reader.partition(":")[2]
            where = Place("Function", reader, 0) if cached.at == 0 else place(reader, cached.at)
            fields = {"function": function.qualname, "entity": name, "reader": shown}
            steps = (Step(where, f"{shown} keeps {name} rows in a cache"),)
            yield Fault(function.place() if owner != function.key else place(owner, at), fields, steps)
            return


@query(kept=True)
def _kept(project: Project, path: str, cls: str) -> tuple[tuple[str, Cached], ...]:
    """(function, what it caches) of one class, or of the functions of a module that are in no class."""
    return tuple(
        (function.key, cached)
        for function in project.of_file(Function, path)
        if function.cls == cls
        for cached in cached_reads(project, function.key)
        if cached.seconds == 0 or (cached.seconds is not None and cached.seconds > _SHORT)
    )


def _changes(project: Project, function: Function) -> Iterator[tuple[str, int, str]]:
    """(class, ordinal, function) of what a function changes, itself or by one call out of its class or module."""
    for cls, at in changes(project, function.key):
        yield cls, at, function.key
    for edge in local_summary(project, function.key).edges:
        callee = project.get(Function, edge.callee)
        if callee is not None and (callee.path, callee.cls) != (function.path, function.cls):
            for cls, _ in changes(project, callee.key):
                yield cls, edge.at, callee.key


def _touched(project: Project, key: str) -> bool:
    """Whether the function, what it calls, or somebody above it touches a cache."""
    level = [key]
    for _ in range(_DEPTH):
        if any(touches_cache(project, k, _DEPTH) for k in level):
            return True
        level = list(dict.fromkeys(caller.key for k in level for caller in callers(project, k)))
    return False


@query
def _listens(project: Project) -> bool:
    """Whether the project listens to events of the ORM: that is where an entry may be removed."""
    return any(_listens_in(project, path) for path in python_files(project))


_LISTENING = frozenset({"listens_for", "listen"})


@query
def _listens_in(project: Project, path: str) -> bool:
    decorated = (d[1] for f in project.of_file(Function, path) for d in f.decorators if ir.is_a(d, "call"))
    bodies = [body for body in project.of_file(Body, path) if not _LISTENING.isdisjoint(body.words)]
    called = (call[1] for body in bodies for call, *_ in body.raw_calls)
    return any(ir.last_name(func) == "listens_for" for func in decorated) or any(
        ir.last_name(func) == "listens_for" or (dotted(func) or "").endswith("event.listen") for func in called
    )
