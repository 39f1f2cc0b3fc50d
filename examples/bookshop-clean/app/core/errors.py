"""What can go wrong in the shop's own words. `app/api/errors.py` knows the HTTP status of each."""


class BookshopError(Exception):
    """Base of all errors that a client may be told about."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFoundError(BookshopError):
    code = "not_found"


class ConflictError(BookshopError):
    code = "conflict"


class UnauthorizedError(BookshopError):
    code = "unauthorized"


class ForbiddenError(BookshopError):
    code = "forbidden"


class InvalidError(BookshopError):
    code = "invalid"


class RateLimitedError(BookshopError):
    code = "rate_limited"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ExternalServiceError(BookshopError):
    code = "external_service"
