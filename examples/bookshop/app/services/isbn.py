"""Looking up editions that are not in the catalogue."""

from app.clients.isbn import IsbnClient
from app.schemas.book import EditionResponse


class IsbnService:
    def __init__(self, client: IsbnClient) -> None:
        self.client = client

    async def edition(self, isbn: str) -> EditionResponse:
        found = await self.client.edition(isbn)
        return EditionResponse(isbn=isbn, title=found.title, publish_date=found.publish_date)
