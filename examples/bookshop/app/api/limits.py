"""Limits that only one route has."""

import time

from fastapi import HTTPException, Request


class PreviewLimit:
    """Lets each of the staff look at a publisher's page once in two seconds."""

    def __init__(self) -> None:
        self.last: dict[str, float] = {}  # strict fault: LC512

    def __call__(self, request: Request) -> None:
        caller = request.client.host if request.client else "unknown"
        now = time.monotonic()
        if now - self.last.get(caller, -2.0) < 2.0:
            raise HTTPException(429, "Too many previews", headers={"Retry-After": "2"})
        self.last[caller] = now


preview_limit = PreviewLimit()
