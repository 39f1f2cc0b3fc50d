"""A customer's own account."""

from sqlalchemy.orm import Session

from app.models import Customer
from app.schemas.customer import CustomerUpdate


class CustomerService:
    def __init__(self, session: Session) -> None:
        self.session = session

    def rename(self, customer: Customer, wanted: CustomerUpdate) -> Customer:
        customer.full_name = wanted.full_name
        self.session.commit()
        return customer
