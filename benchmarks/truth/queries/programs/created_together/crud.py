from typing import Any, Generic, TypeVar

from library import Base
from sqlalchemy.orm import Session

ModelT = TypeVar("ModelT", bound=Base)


class CRUDBase(Generic[ModelT]):
    def __init__(self, model: type[ModelT]) -> None:
        self.model = model

    def create_many(self, session: Session, data: list[dict[str, Any]]) -> list[ModelT]:
        rows = []
        for values in data:
            row = self.model(**values)
            session.add(row)
            rows.append(row)
        session.flush()
        return rows
