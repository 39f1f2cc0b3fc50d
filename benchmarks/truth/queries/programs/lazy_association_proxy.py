"""A proxy reads through a relationship."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Recipe(Base):
    __tablename__ = "recipes"

    id: Mapped[int] = mapped_column(primary_key=True)
    steps: Mapped[list[Step]] = relationship()
    words: AssociationProxy[list[str]] = association_proxy("steps", "words")


class Step(Base):
    __tablename__ = "steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Recipe(steps=[Step(words="stir")]) for _ in range(n))


def run(session: Session) -> int:
    return sum(len(recipe.words) for recipe in session.scalars(select(Recipe)))  # grows: LC602
