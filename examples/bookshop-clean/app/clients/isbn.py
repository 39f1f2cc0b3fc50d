"""The public ISBN service: titles of books that the shop does not know yet."""

import httpx
from pydantic import BaseModel, ValidationError

from app.core.errors import ExternalServiceError, NotFoundError


class Edition(BaseModel):
    """What the service says of one edition; everything else of its answer is ignored."""

    title: str
    publish_date: str | None = None


class IsbnClient:
    """Asks the ISBN service; the HTTP client is the caller's, so tests hand in one with a mock transport."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def edition(self, isbn: str) -> Edition:
        """The edition with that ISBN; NotFoundError when the service has none."""
        try:
            response = await self.http.get(f"/isbn/{isbn}.json")
        except httpx.HTTPError as error:
            raise ExternalServiceError("The ISBN service cannot be reached") from error
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NotFoundError(f"No edition has the ISBN {isbn}")
        try:
            response.raise_for_status()
            return Edition.model_validate_json(response.content)
        except (httpx.HTTPStatusError, ValidationError) as error:
            raise ExternalServiceError("The ISBN service gave no usable answer") from error
