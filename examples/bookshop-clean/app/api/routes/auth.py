"""Signing up and signing in."""

from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.security import OAuth2PasswordRequestForm

from app.api.deps import AuthServiceDep, rate_limit
from app.schemas.customer import CustomerCreate, CustomerResponse
from app.schemas.token import TokenResponse

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post(
    "/registrations",
    response_model=CustomerResponse,
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(rate_limit("register", times=5, seconds=60))],
)
def register(wanted: CustomerCreate, auth: AuthServiceDep):
    """Open an account."""
    return auth.register(wanted)


@router.post("/token", dependencies=[Depends(rate_limit("token", times=10, seconds=60))])
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], auth: AuthServiceDep) -> TokenResponse:
    """Exchange an e-mail address and a password for an access token."""
    return TokenResponse(access_token=auth.sign_in(form.username, form.password))
