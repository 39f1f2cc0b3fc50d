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


class ExternalServiceError(BookshopError):
    code = "external_service"


class SupplierError(Exception):  # fault: LC303
    """A supplier does not deliver what was ordered."""
