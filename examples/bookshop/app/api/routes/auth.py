"""Signing up and signing in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import OAuth2PasswordRequestForm

from app.api.deps import AuthServiceDep, MailerDep
from app.schemas.customer import CustomerCreate, CustomerResponse
from app.schemas.token import TokenResponse

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/registrations", response_model=CustomerResponse)
async def register(wanted: CustomerCreate, auth: AuthServiceDep, mailer: MailerDep):  # fault: LC405, LC510
    """Open an account."""
    customer = auth.register(wanted)  # fault: LC901
    mailer.send(customer.email, "Welcome", "Your account is open.")  # fault: LC901  # strict fault: LC903
    return customer


@router.post("/token")
def sign_in(  # fault: LC510
    form: Annotated[OAuth2PasswordRequestForm, Depends()], auth: AuthServiceDep, response: Response
) -> TokenResponse:
    """Exchange an e-mail address and a password for an access token."""
    token = auth.sign_in(form.username, form.password)
    response.set_cookie("access_token", token, httponly=True)  # fault: LC507
    return TokenResponse(access_token=token)
