"""Customers' accounts."""

from fastapi import APIRouter, Depends, status

from app.api.deps import CurrentCustomer, CustomerServiceDep, require_staff
from app.schemas.customer import CustomerResponse, CustomerUpdate, PasswordUpdate

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("/{customer_id}", response_model=CustomerResponse, dependencies=[Depends(require_staff)])
def read_customer(customer_id: int, customers: CustomerServiceDep):
    """Somebody's account."""
    return customers.read(customer_id)


@router.get("/me", response_model=CustomerResponse)
def read_me(customer: CurrentCustomer):  # fault: LC416
    """Who is signed in."""
    return customer


@router.patch("/me", response_model=CustomerResponse)
def update_me(wanted: CustomerUpdate, customer: CurrentCustomer, customers: CustomerServiceDep):
    """Change the name on the account."""
    return customers.rename(customer, wanted)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
def update_password(wanted: PasswordUpdate, customer: CurrentCustomer, customers: CustomerServiceDep) -> None:
    """Choose another password."""
    customers.change_password(customer, wanted)
