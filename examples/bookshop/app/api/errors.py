"""How the shop's errors look over HTTP: one payload, one status each."""

import logging

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse

from app.core.errors import (
    BookshopError,
    ConflictError,
    ExternalServiceError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthorizedError,
)
from app.core.logging import request_id
from app.schemas.common import ErrorResponse

logger = logging.getLogger(__name__)

STATUS: dict[type[BookshopError], int] = {
    NotFoundError: status.HTTP_404_NOT_FOUND,
    ConflictError: status.HTTP_409_CONFLICT,
    UnauthorizedError: status.HTTP_401_UNAUTHORIZED,
    ForbiddenError: status.HTTP_403_FORBIDDEN,
    InvalidError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    ExternalServiceError: status.HTTP_502_BAD_GATEWAY,
}


async def bookshop_error(request: Request, error: BookshopError) -> JSONResponse:
    """Any of the shop's own errors."""
    logger.info("%s refused: %s", request.url.path, error.code)
    payload = ErrorResponse(code=error.code, message=error.message, request_id=request_id.get())
    return JSONResponse(payload.model_dump(), status_code=STATUS[type(error)])


def install(app: FastAPI) -> None:
    """Register the handler on the application."""
    app.add_exception_handler(BookshopError, bookshop_error)
