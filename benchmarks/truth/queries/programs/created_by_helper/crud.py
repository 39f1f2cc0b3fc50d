from typing import Any, Generic, TypeVar

from library import Author, Base
from sqlalchemy.orm import Session

ModelT = TypeVar("ModelT", bound=Base)


class CRUDBase(Generic[ModelT]):
    def __init__(self, model: type[ModelT]) -> None:
        self.model = model

    def create(self, session: Session, data: dict[str, Any]) -> ModelT:
        row = self.model(**data)
        session.add(row)
        session.flush()
        session.refresh(row)
        return row


class AuthorCRUD(CRUDBase[Author]):
    pass


author_crud = AuthorCRUD(Author)
