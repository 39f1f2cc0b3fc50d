"""What the routes depend on: the services, and the key of the till."""

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, Security, status
from fastapi.security import APIKeyHeader
from sqlalchemy.orm import Session

from kiosk.config import TILL_KEY
from kiosk.database import get_session
from kiosk.papers.repository import PaperRepository
from kiosk.papers.service import PaperService
from kiosk.sales.repository import SaleRepository
from kiosk.sales.service import SaleService

till_key = APIKeyHeader(name="X-Till-Key", auto_error=False)
SessionDep = Annotated[Session, Depends(get_session)]


def require_till(key: Annotated[str | None, Security(till_key)]) -> None:
    """Let the till through and nobody else."""
    if key is None or not secrets.compare_digest(key.encode(), TILL_KEY.encode()):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "The till's key is missing or wrong")


def get_paper_service(session: SessionDep) -> PaperService:
    return PaperService(session, PaperRepository(session))


def get_sale_service(session: SessionDep) -> SaleService:
    return SaleService(session, SaleRepository(session), PaperRepository(session))


Papers = Annotated[PaperService, Depends(get_paper_service)]
Sales = Annotated[SaleService, Depends(get_sale_service)]
