"""`layercheck graph`: the same graph in every format, with what the rules object to marked."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cli.running import README, run, write

SHOP = {
    "pyproject.toml": "[tool.layercheck]\n",
    "app/__init__.py": "",
    "app/README.md": README,
    "app/db.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n\nSessionLocal = sessionmaker(create_engine('sqlite://'))\n",
    "app/models/__init__.py": "",
    "app/models/orders.py": (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    ),
    "app/repositories/__init__.py": "",
    "app/repositories/orders.py": (
        "from app.db import SessionLocal\nfrom app.models.orders import Order\nfrom app.services.pricing import price\n\n\n"
        "def find(key: int) -> Order | None:\n    price(key)\n    with SessionLocal() as session:\n        return session.get(Order, key)\n"
    ),
    "app/services/__init__.py": "",
    "app/services/pricing.py": (
        "from app.models.orders import Order\n\n\ndef price(key: int) -> int:\n    return key if Order.id is not None else 0\n"
    ),
    "app/services/orders.py": "from app.repositories.orders import find\n\n\ndef get(key: int) -> object:\n    return find(key)\n",
    "app/routes/__init__.py": "",
    "app/routes/orders.py": (
        "from fastapi import APIRouter\n\nfrom app.services.orders import get\n\nrouter = APIRouter()\n\n\n"
        "@router.get('/orders/{key}')\ndef read(key: int) -> int:\n    return 1 if get(key) else 0\n"
    ),
    "tests/test_orders.py": "from app.services.orders import get\n\n\ndef test_get() -> None:\n    assert get(1)\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path, SHOP)


def graph(shop: Path, *arguments: str) -> dict[str, Any]:
    done = run(shop, "graph", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_layers_and_the_import_that_goes_up(shop: Path) -> None:
    found = graph(shop)
    assert {n["id"] for n in found["nodes"]} >= {"routes", "services", "repositories", "models"}
    edges = {(e["from"], e["to"]): e for e in found["edges"]}
    assert ("routes", "services") in edges
    assert edges["routes", "services"]["violations"] == []
    (violation,) = edges["repositories", "services"]["violations"]
    assert (violation["code"], violation["path"], violation["line"]) == ("LC101", "app/repositories/orders.py", 3)
    assert edges["repositories", "services"]["imports"] == [
        {"from": "app/repositories/orders.py", "to": "app/services/pricing.py", "line": 3}
    ]


def test_modules_are_the_nodes_and_tests_are_not_shown(shop: Path) -> None:
    found = graph(shop, "--by", "module")
    paths = {n["id"] for n in found["nodes"]}
    assert "app/services/orders.py" in paths
    assert not any(p.startswith("tests/") for p in paths)
    assert {
        ("app/routes/orders.py", "app/services/orders.py"),
        ("app/services/orders.py", "app/repositories/orders.py"),
    } <= {(e["from"], e["to"]) for e in found["edges"]}


def test_a_domain_holds_its_parts_and_a_fault_inside_stays_visible(shop: Path) -> None:
    domains = graph(shop, "--by", "domain")
    (order,) = [n for n in domains["nodes"] if n["id"] == "order"]
    assert len(order["modules"]) == 4
    cells = {n["id"] for n in graph(shop, "--by", "cell")["nodes"]}
    assert {"routes/order", "services/order", "services/pricing", "repositories/order"} <= cells


def test_mermaid_and_dot_mark_the_same_edge(shop: Path) -> None:
    mermaid = run(shop, "graph").stdout
    names = dict(re.findall(r'(n\d+)\["(\w[\w ]*) \(\d+\)"\]', mermaid))
    arrows = re.findall(r'(n\d+) -->\|"([^"]*)"\| (n\d+)', mermaid)
    marked = [(names[a], names[b]) for a, text, b in arrows if "LC101" in text]
    assert marked == [("repositories", "services")]
    number = next(i for i, (_, text, _) in enumerate(arrows) if "LC101" in text)
    assert f"linkStyle {number} stroke" in mermaid
    dot = run(shop, "graph", "--format", "dot").stdout
    red = [line for line in dot.splitlines() if "->" in line and "color=" in line]
    assert len(red) == 1
    assert red[0].strip().startswith('"repositories" -> "services"')


@pytest.mark.parametrize("by", ["layer", "domain", "cell", "module"])
def test_svg_is_well_formed_and_boxes_do_not_overlap(shop: Path, by: str) -> None:
    root = ET.fromstring(run(shop, "graph", "--format", "svg", "--by", by).stdout)
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(r.attrib[k]) for k in ("x", "y", "width", "height"))
        for r in root.iter(f"{space}rect")
        if r.attrib.get("class") == "lc-box"
    ]
    assert len(boxes) == len(graph(shop, "--by", by)["nodes"])
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert x + w <= float(root.attrib["width"])
        for x2, y2, w2, h2 in boxes[i + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    bad = [g for g in root.iter(f"{space}g") if g.attrib.get("class") == "lc-edge bad"]
    assert len(bad) == 1


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.views: list[str | None] = []
        self.data = ""
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [v for k, v in given.items() if k in ("src", "href") and v]
        if "data-view" in given:
            self.views.append(given["data-view"])
        self._in_data = given.get("id") == "data"

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data += data


def test_the_page_needs_nothing_from_elsewhere_and_cannot_be_broken_by_names(tmp_path: Path) -> None:
    shop = write(tmp_path, {**SHOP, "app/services/<script>.py": "x = 1\n"})
    out = tmp_path / "structure.html"
    done = run(shop, "graph", "--format", "html", "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    page = _Page()
    page.feed(out.read_text(encoding="utf-8"))
    assert page.links == []
    assert page.views == ["layer", "domain", "cell", "module"]
    data = json.loads(page.data)
    assert "app/services/<script>.py" in data["modules"]
    assert out.read_text(encoding="utf-8").count("<script>") == 1


def test_a_file_that_cannot_be_written(shop: Path) -> None:
    done = run(shop, "graph", "-o", str(shop / "no" / "such" / "folder.svg"))
    assert done.returncode == 2
    assert "folder.svg" in done.stderr
