"""What the program knows about shelves."""

from app.repository import Repository


class ShelfService:
    """Lists shelves."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    async def shelves(self) -> list[str]:
        """The shelves of all copies."""
        return [copy.shelf for book in await self.repository.books() for copy in book.copies]

    async def writers(self) -> list[str]:
        """The authors of all books, one by one."""
        names = []
        for book in await self.repository.books():
            author = await self.repository.author(book.author_id)  # grows: LC601
            names.append(author.name if author else "?")
        return names
