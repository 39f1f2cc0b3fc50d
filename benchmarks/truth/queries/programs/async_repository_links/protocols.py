from typing import Protocol


class Authors(Protocol):
    async def name_of(self, key: int) -> str: ...
