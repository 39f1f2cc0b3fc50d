"""The routes."""

from collections.abc import Iterator
from typing import Annotated, Any

from app.schemas import ClubPublic, Clubs, ClubWithMembers
from app.tables import Club, Member
from database import url
from fastapi import Depends, FastAPI
from sqlalchemy.orm import selectinload
from sqlmodel import Session, create_engine, func, select

app = FastAPI()


def get_db() -> Iterator[Session]:
    """A session for one request."""
    with Session(create_engine(url())) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_db)]


@app.get("/clubs", response_model=list[ClubPublic])
def clubs(session: SessionDep) -> Any:
    """Clubs with their rooms, which are declared to come with them."""
    return session.exec(select(Club)).all()


@app.get("/with-members", response_model=list[ClubWithMembers])
def with_members(session: SessionDep) -> Any:  # grows: LC602 in the answer
    """Clubs with their members."""
    return session.exec(select(Club)).all()


@app.get("/page", response_model=Clubs)
def page(session: SessionDep, skip: int = 0, limit: int = 100) -> Any:
    """A page of clubs with all that is shown."""
    count = session.exec(select(func.count()).select_from(Club)).one()
    rows = session.exec(select(Club).options(selectinload(Club.members)).offset(skip).limit(limit)).all()
    return Clubs(data=[ClubWithMembers.model_validate(row) for row in rows], count=count)


@app.get("/names")
def names(session: SessionDep) -> list[str]:
    """Who is in how many clubs."""
    out = []
    for member in session.exec(select(Member)).all():
        out.append(f"{member.name}: {len(member.clubs)}")  # grows: LC602
    return out
