"""Whether the process is up."""

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str


@router.get("/health")
def read_health() -> Health:
    """Always says ok."""
    return Health(status="ok")
