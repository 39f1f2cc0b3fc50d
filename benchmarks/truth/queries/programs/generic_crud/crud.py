"""What all repositories do alike."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from library import Base
from sqlalchemy import select
from sqlalchemy.orm import Session

ModelT = TypeVar("ModelT", bound=Base)


class Crud(Generic[ModelT]):
    """Reads the rows of one table."""

    def __init__(self, model: type[ModelT], session: Session) -> None:
        self.model = model
        self.session = session

    def find(self, key: int) -> ModelT | None:
        """One row."""
        return self.session.get(self.model, key)

    def everything(self) -> Sequence[ModelT]:
        """All rows."""
        return self.session.scalars(select(self.model)).all()
