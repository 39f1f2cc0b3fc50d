from library import Author
from sqlalchemy.orm import Session


class AuthorService:
    def __init__(self, session: Session) -> None:
        self.session = session

    def create(self, name: str) -> Author:
        author = Author(name=name)
        self.session.add(author)
        self.session.commit()
        return author
