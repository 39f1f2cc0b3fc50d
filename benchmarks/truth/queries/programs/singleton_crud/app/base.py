"""The base of objects that read and write one table, and are made once."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from library import Base
from sqlalchemy.orm import Session

ModelType = TypeVar("ModelType", bound=Base)
CreateType = TypeVar("CreateType")


class CRUDBase(Generic[ModelType, CreateType]):
    """Reads and writes one table."""

    def __init__(self, model: type[ModelType]) -> None:
        self.model = model

    def get(self, db: Session, id: Any) -> ModelType | None:
        """One row."""
        return db.query(self.model).filter(self.model.id == id).first()

    def get_multi(self, db: Session, *, skip: int = 0, limit: int = 100) -> Sequence[ModelType]:
        """Some rows."""
        return db.query(self.model).offset(skip).limit(limit).all()

    def create(self, db: Session, *, obj_in: CreateType) -> ModelType:
        """A new row."""
        db_obj = self.model(**vars(obj_in))
        db.add(db_obj)
        db.flush()
        db.refresh(db_obj)
        return db_obj
