"""What the staff reads."""

from fastapi.testclient import TestClient

from app.models import Book


def test_stock_and_titles(client: TestClient, book: Book, as_staff: dict[str, str]) -> None:
    assert client.get("/reports/stock", headers=as_staff).json() == 3
    assert client.get("/reports/titles", headers=as_staff).json() == [book.title]
    assert client.get("/reports/bands", headers=as_staff).json() == {"cheap": 0, "fair": 0, "dear": 0}
    assert client.get("/reports/worth", headers=as_staff).json() == 0


def test_reports_need_the_staff(client: TestClient, as_customer: dict[str, str]) -> None:
    assert client.get("/reports/stock", headers=as_customer).status_code == 403
