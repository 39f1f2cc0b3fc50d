"""Each row is fetched to be deleted."""

from library import Loan
from sqlalchemy import delete, select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    keys = session.scalars(select(Loan.id)).all()
    for key in keys[1:]:
        loan = session.get(Loan, key)  # grows: LC601
        if loan is not None:
            session.delete(loan)
    session.execute(delete(Loan).where(Loan.id.in_(keys)))
    session.commit()
