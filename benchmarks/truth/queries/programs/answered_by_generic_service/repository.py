from collections.abc import Sequence
from typing import Generic, TypeVar

from library import Base
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

T = TypeVar("T", bound=Base)


class Repository(Generic[T]):
    def __init__(self, session: Session, model: type[T]) -> None:
        self.session = session
        self.model = model

    def list(self, *options: ORMOption) -> Sequence[T]:
        return self.session.scalars(select(self.model).options(*options)).all()
