"""The rack: which papers there are."""  # strict fault: LC302

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kiosk.papers.models import Paper
from kiosk.papers.repository import PaperRepository
from kiosk.papers.schemas import PaperCreate


class PaperService:
    def __init__(self, session: Session, papers: PaperRepository) -> None:
        self.session = session
        self.papers = papers

    def page(self, limit: int, offset: int) -> Sequence[Paper]:
        """Papers by title."""
        return self.papers.page(limit, offset)

    def create(self, wanted: PaperCreate) -> Paper | None:
        """A new paper on the rack; None when one of that title lies there already."""
        if self.papers.titled(wanted.title) is not None:
            return None
        paper = Paper(title=wanted.title, price_cents=wanted.price_cents, copies=wanted.copies)
        self.papers.add(paper)
        self.session.commit()
        return paper
