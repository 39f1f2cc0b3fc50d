"""The public ISBN service: titles of books that the shop does not know yet."""

import httpx
from pydantic import BaseModel

from app.core.errors import NotFoundError
from app.core.retry import back_off

http = httpx.Client(base_url="https://openlibrary.org", timeout=5, verify=False)  # fault: LC201  # later fault: LC708


class Edition(BaseModel):
    """What the service says of one edition; everything else of its answer is ignored."""

    title: str
    publish_date: str | None = None


class IsbnClient:
    """Asks the ISBN service."""

    async def edition(self, isbn: str) -> Edition:
        """The edition with that ISBN; NotFoundError when the service has none."""
        for attempt in range(3):
            response = http.get(f"/isbn/{isbn}.json")  # fault: LC901
            if response.status_code == httpx.codes.OK:
                return Edition.model_validate_json(response.content)
            back_off(attempt)  # fault: LC901
        raise NotFoundError(f"No edition has the ISBN {isbn}")
