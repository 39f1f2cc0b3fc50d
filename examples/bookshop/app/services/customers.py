"""Customers' accounts."""

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.models import Customer
from app.repositories.customers import CustomerRepository
from app.schemas.customer import CustomerUpdate, PasswordUpdate


class CustomerService:
    def __init__(self, session: Session, customers: CustomerRepository) -> None:
        self.session = session
        self.customers = customers

    def read(self, customer_id: int) -> Customer:
        customer = self.customers.get(customer_id)
        if customer is None:
            raise NotFoundError(f"No customer has the id {customer_id}")
        return customer

    def rename(self, customer: Customer, wanted: CustomerUpdate) -> Customer:
        customer.full_name = wanted.full_name
        self.session.commit()
        return customer

    def change_password(self, customer: Customer, wanted: PasswordUpdate) -> None:
        customer.hashed_password = wanted.password  # fault: LC504
        self.session.commit()
