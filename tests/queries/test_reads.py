"""What a read of many rows is made of, and which functions cache, change and refresh rows."""

from __future__ import annotations

import pytest

from layercheck.facts.rows import Body
from layercheck.queries.cached_reads import cached_reads, changes, reads, touches_cache
from layercheck.queries.callgraph import sites
from layercheck.queries.reads import Read, looped_read, read_of
from support import project_of

_MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Cat(Base):
    __tablename__ = "cats"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""
_CODE = """
from functools import lru_cache
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from models import Cat

class Cats:
    def __init__(self, session: Session, redis: Redis):
        self.session = session
        self.redis = redis

    def load(self, cat_id: int):
        return self.session.get(Cat, cat_id)

    def kept(self, cat_id: int):
        found = self.redis.get(f"cat:{cat_id}")
        if found is None:
            cat = self.load(cat_id)
            found = cat.name
            self.redis.set(f"cat:{cat_id}", found, ex=WEEK)
        return found

    @lru_cache
    def remembered(self, cat_id: int):
        return self.load(cat_id)

    def stored(self, cat_id: int, code: str):
        cat = self.load(cat_id)
        self.redis.get(f"cat:{cat_id}")
        self.redis.set(f"cat:{cat_id}", code)
        return cat

    def rename(self, cat_id: int):
        cat = self.session.get(Cat, cat_id)
        cat.name = "Tom"
        self.session.commit()

    def rename_unsaved(self, cat_id: int):
        cat = self.session.get(Cat, cat_id)
        cat.name = "Tom"

    def create(self):
        cat = Cat()
        cat.name = "Tom"
        self.session.commit()

    def forget(self):
        self._really()

    def _really(self):
        self.redis.delete("cat")

WEEK = 7 * 24 * 3600
"""
_FILES = {"models.py": _MODELS, "cats.py": _CODE}


def _read(code: str) -> Read | None:
    text = "from sqlalchemy import select\nfrom sqlalchemy.orm import Session\nfrom models import Cat\n"
    text += f"def f(session: Session, flag, statement0=None):\n    {code}\n"
    project = project_of({"models.py": _MODELS, "use.py": text})
    body = project.get(Body, "use.py:f")
    assert body is not None
    site = max(sites(project, body.key), key=lambda s: s.use == "return")
    return read_of(project, body, site.call, site.context)


@pytest.mark.parametrize(
    ("code", "methods"),
    [
        ("return session.query(Cat).all()", {"all"}),
        ("return session.scalars(select(Cat).where(Cat.id > 1)).all()", {"where", "all"}),
        ("return list(session.scalars(select(Cat)))", set()),
        ("s = select(Cat); s = s.limit(1); return session.execute(s).scalars().all()", {"limit", "scalars", "all"}),
        ("s = select(Cat)\n    if flag: s = s.where(flag)\n    return session.scalars(s).all()", {"where", "all"}),
        ("return session.query(Cat).first()", None),
        ("return session.scalars(statement0).all()", None),
        ("s = flag(select(Cat)); return session.scalars(s).all()", None),
        ("return session.scalars(select(Cat.id)).all()", None),
        ("return select(Cat)", None),
    ],
)
def test_read_of(code: str, methods: set[str] | None) -> None:
    assert _read(code) == (None if methods is None else Read("models.py:Cat", frozenset(methods)))


def test_a_loop_needs_no_list() -> None:
    code = "from sqlalchemy.orm import Session\nfrom models import Cat\ndef f(session: Session):\n    for c in session.query(Cat): ...\n"
    project = project_of({"models.py": _MODELS, "use.py": code})
    body = project.get(Body, "use.py:f")
    assert body is not None
    site = sites(project, body.key)[0]
    assert read_of(project, body, site.call, 0) is None
    assert looped_read(project, body, site.call, 0) == Read("models.py:Cat", frozenset())


def test_cached_reads() -> None:
    project = project_of(_FILES)
    (kept,) = cached_reads(project, "cats.py:Cats.kept")
    assert (kept.classes, kept.seconds) == (frozenset({"models.py:Cat"}), 7 * 24 * 3600)
    (remembered,) = cached_reads(project, "cats.py:Cats.remembered")
    assert (remembered.classes, remembered.seconds, remembered.at) == (frozenset({"models.py:Cat"}), 0, 0)
    assert cached_reads(project, "cats.py:Cats.stored") == ()
    assert cached_reads(project, "cats.py:Cats.load") == ()
    assert reads(project, "cats.py:Cats.kept", 0) == frozenset()
    assert reads(project, "cats.py:Cats.kept", 1) == {"models.py:Cat"}


def test_changes() -> None:
    project = project_of(_FILES)
    assert [cls for cls, _ in changes(project, "cats.py:Cats.rename")] == ["models.py:Cat"]
    for name in ("rename_unsaved", "create", "load"):
        assert changes(project, f"cats.py:Cats.{name}") == (), name


def test_touches_cache() -> None:
    project = project_of(_FILES)
    assert touches_cache(project, "cats.py:Cats.forget", 1)
    assert not touches_cache(project, "cats.py:Cats.forget", 0)
    assert not touches_cache(project, "cats.py:Cats.rename", 3)
