"""Version 1 of the API: every resource below /v1."""

from fastapi import APIRouter

from app.api.routes import auth, authors, books, customers, isbn, orders, reviews, suppliers, vouchers, webhooks
from app.schemas.common import ErrorResponse

router = APIRouter(
    prefix="/v1",
    responses={
        401: {"model": ErrorResponse, "description": "No valid access token"},
        403: {"model": ErrorResponse, "description": "Not allowed"},
        404: {"model": ErrorResponse, "description": "Not found"},
        409: {"model": ErrorResponse, "description": "In conflict with what is there"},
    },
)
router.include_router(auth.router)
router.include_router(customers.router)
router.include_router(authors.router)
router.include_router(books.router)
router.include_router(orders.router)
router.include_router(reviews.router)
router.include_router(suppliers.router)
router.include_router(isbn.router)
router.include_router(vouchers.router)
router.include_router(webhooks.router)
