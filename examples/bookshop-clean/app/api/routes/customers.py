"""The signed-in customer's own account."""

from fastapi import APIRouter

from app.api.deps import CurrentCustomer, CustomerServiceDep
from app.schemas.customer import CustomerResponse, CustomerUpdate

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("/me", response_model=CustomerResponse)
def read_me(customer: CurrentCustomer):
    """Who is signed in."""
    return customer


@router.patch("/me", response_model=CustomerResponse)
def update_me(wanted: CustomerUpdate, customer: CurrentCustomer, customers: CustomerServiceDep):
    """Change the name on the account."""
    return customers.rename(customer, wanted)
