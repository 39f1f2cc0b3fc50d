"""An asynchronous service with generic repositories, some of whose queries load more."""

from app.models import Base, Person, Project, Task
from app.services import Board
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

__all__ = ["Base"]


def fill(session: Session, n: int) -> None:
    session.add_all(
        Project(name=f"project {i}", tasks=[Task(title=f"task {i}", person=Person(name=f"person {i}"))])
        for i in range(n)
    )


async def run(session: AsyncSession) -> None:
    board = Board(session)
    for work in (board.counts_slowly, board.counts, board.titles, board.finish, board.names_slowly, board.names):
        await work()
        session.expunge_all()
    await board.summary()
