"""Papers in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.papers.models import Paper


class PaperRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, limit: int, offset: int) -> Sequence[Paper]:
        """Papers by title."""
        return self.session.scalars(select(Paper).order_by(Paper.title).limit(limit).offset(offset)).all()

    def titled(self, title: str) -> Paper | None:
        return self.session.scalars(select(Paper).where(Paper.title == title)).one_or_none()

    def locked(self, paper_id: int) -> Paper | None:
        """A paper that nobody else sells meanwhile."""
        return self.session.get(Paper, paper_id, with_for_update=True)

    def add(self, paper: Paper) -> None:
        self.session.add(paper)
        self.session.flush()
