"""Tables in files of their own, that know each other by name."""

from app.entities import author as authors
from app.entities.base import Base
from app.entities.poem import Poem
from sqlalchemy import orm, select

__all__ = ["Base"]


def fill(session: orm.Session, n: int) -> None:
    session.add_all(authors.Poet(name=f"poet {i}", poems=[Poem(title=f"poem {i}")]) for i in range(n))


def lazy(session: orm.Session) -> list[str]:
    return [poem.poet.name for poem in session.scalars(select(Poem))]  # grows: LC602


def eager(session: orm.Session) -> int:
    poets = session.scalars(select(authors.Poet).options(orm.selectinload(authors.Poet.poems)))
    return sum(len(poet.poems) for poet in poets)


def run(session: orm.Session) -> None:
    lazy(session)
    session.expunge_all()
    eager(session)
