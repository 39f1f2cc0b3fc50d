"""Tables in the style of SQLAlchemy 1.x, with Column and relationships by name."""

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import Session, backref, declarative_base, joinedload, relationship

Base = declarative_base()


class Client(Base):
    __tablename__ = "clients"

    id = Column(Integer, primary_key=True)
    name = Column(String)


class Invoice(Base):
    __tablename__ = "invoices"

    id = Column(Integer, primary_key=True)
    client_id = Column(Integer, ForeignKey("clients.id"))
    client = relationship("Client", backref=backref("invoices", cascade="all, delete-orphan"))
    lines = relationship("Line", back_populates="invoice")


class Line(Base):
    __tablename__ = "lines"

    id = Column(Integer, primary_key=True)
    invoice_id = Column(Integer, ForeignKey("invoices.id"))
    invoice = relationship("Invoice", back_populates="lines")


def fill(session, n):
    session.add_all(Invoice(client=Client(name=f"client {i}"), lines=[Line()]) for i in range(n))


def lazy(db: Session):
    invoices = db.query(Invoice).order_by(Invoice.id.desc()).all()
    return [{"id": invoice.id, "client": invoice.client.name} for invoice in invoices]  # grows: LC602


def below(db: Session):
    total = 0
    for client in db.query(Client).options(joinedload(Client.invoices)).all():
        for invoice in client.invoices:
            total += len(invoice.lines)  # grows: LC602
    return total


def counted(db: Session):
    clients = db.query(Client).all()
    return {c.id: db.query(Invoice).filter(Invoice.client_id == c.id).count() for c in clients}  # grows: LC601


def eager(db: Session):
    return [invoice.client.name for invoice in db.query(Invoice).options(joinedload(Invoice.client)).all()]


def run(db: Session) -> None:
    for work in (lazy, below, counted, eager):
        work(db)
        db.expunge_all()
