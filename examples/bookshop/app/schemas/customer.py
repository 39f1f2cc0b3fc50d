"""What the API takes and gives for customers."""

from pydantic import BaseModel, EmailStr, Field

from app.models.customer import Role
from app.schemas.common import FromRow


class CustomerCreate(BaseModel):
    email: EmailStr = Field(examples=["ada@example.org"])
    full_name: str = Field(min_length=1, max_length=200, examples=["Ada Lovelace"])
    password: str = Field(min_length=12, max_length=128, examples=["correct horse battery"])
    role: Role = Role.CUSTOMER  # fault: LC421


class CustomerUpdate(BaseModel):
    full_name: str = Field(min_length=1, max_length=200, examples=["Ada King"])


class PasswordUpdate(BaseModel):
    password: str = Field(min_length=12, max_length=128, examples=["battery staple correct"])


class CustomerResponse(FromRow):
    id: int
    email: EmailStr
    full_name: str
    hashed_password: str  # fault: LC417
