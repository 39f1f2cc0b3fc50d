"""Papers."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status

from kiosk.dependencies import Papers, require_till
from kiosk.papers.models import Paper
from kiosk.papers.schemas import PaperCreate, PaperResponse

router = APIRouter(
    prefix="/v1/papers",
    tags=["papers"],
    dependencies=[Depends(require_till)],
    responses={401: {"description": "The till's key is missing or wrong"}},
)


@router.get("", response_model=list[PaperResponse])
def list_papers(
    papers: Papers, limit: Annotated[int, Query(ge=1, le=100)] = 20, offset: Annotated[int, Query(ge=0)] = 0
) -> Sequence[Paper]:
    """Papers by title."""
    return papers.page(limit, offset)


@router.post(
    "",
    response_model=PaperResponse,
    status_code=status.HTTP_201_CREATED,
    responses={409: {"description": "A paper of that title lies on the rack already"}},
)
def create_paper(wanted: PaperCreate, papers: Papers) -> Paper:
    """Put a new paper on the rack."""
    paper = papers.create(wanted)
    if paper is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "A paper of that title lies on the rack already")
    return paper
