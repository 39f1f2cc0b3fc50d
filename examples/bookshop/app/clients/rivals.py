"""Prices of other shops."""

import httpx


class RivalShop:
    """Asks another shop what it takes for a book."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def prices(self, isbns: list[str]) -> dict[str, int]:
        """The price in cents of each book that the other shop sells."""
        prices = {}
        for isbn in isbns:
            answer = await self.http.get(f"/offers/{isbn}")  # strict fault: LC906
            if answer.status_code == httpx.codes.OK:
                prices[isbn] = int(answer.json()["cents"])
        return prices
