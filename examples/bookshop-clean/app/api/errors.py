"""How the shop's errors look over HTTP: one payload, one status each."""

import logging

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.core.errors import (
    BookshopError,
    ConflictError,
    ExternalServiceError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
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
    RateLimitedError: status.HTTP_429_TOO_MANY_REQUESTS,
    ExternalServiceError: status.HTTP_502_BAD_GATEWAY,
}


def answer(status_code: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    payload = ErrorResponse(code=code, message=message, request_id=request_id.get())
    return JSONResponse(payload.model_dump(), status_code=status_code, headers=headers)


async def bookshop_error(request: Request, error: BookshopError) -> JSONResponse:
    """Any of the shop's own errors."""
    headers: dict[str, str] = {}
    if isinstance(error, RateLimitedError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    logger.info("%s refused: %s", request.url.path, error.code)
    return answer(STATUS[type(error)], error.code, error.message, headers)


async def invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
    """A request that does not fit its schema: which fields, not what they held."""
    fields = ", ".join(".".join(str(part) for part in problem["loc"]) for problem in error.errors())
    return answer(status.HTTP_422_UNPROCESSABLE_CONTENT, "validation", f"Not valid: {fields}")


async def unexpected_error(request: Request, error: Exception) -> JSONResponse:
    """A fault of the shop: logged in full, told in general."""
    logger.error("Unexpected error on %s", request.url.path, exc_info=error)
    return answer(status.HTTP_500_INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""
    app.add_exception_handler(BookshopError, bookshop_error)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(Exception, unexpected_error)
