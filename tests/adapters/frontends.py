"""A small project with findings of several kinds, and the front-ends as programs that are run on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

Place = tuple[str, int, str]
"""(path relative to the folder that the program ran in, line, code)."""

FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n\n[tool.layercheck]\nextend-exclude = ["old"]\n'
    'select = ["LC001", "LC008", "LC101", "LC103", "LC308", "LC601"]\n',
    "README.md": "# shop\n\nA shop. `app/` has the code.\n",
    "app/__init__.py": "",
    "app/README.md": "# app\n\nThe application; `services/` decides, `routes/` translates.\n",
    "app/models.py": "class Book:\n    id: int\n",
    "app/services/__init__.py": "",
    "app/services/books.py": (
        "from sqlalchemy.orm import Session\n\nfrom app.models import Book\nfrom app.routes.books import PAGE\n\n\n"
        "class BookService:\n"
        "    def __init__(self, session: Session) -> None:\n        self.session = session\n\n"
        "    def get(self, book_id: int) -> Book | None:\n        return self.session.get(Book, book_id)\n\n"
        "    def many(self, ids: list[int]) -> list[Book | None]:\n"
        "        found = []\n"
        "        for book_id in ids[:PAGE]:\n"
        "            found.append(self.get(book_id))\n"
        "        print(found)\n"
        "        print(found)  # noqa: LC308\n"
        "        print(found)  # layercheck: ignore[print-call] for the night shift\n"
        "        print(found)  # pylint: disable=print-call\n"
        "        return found\n\n"
        "    def show(self) -> None:\n"
        "        # pylint: disable=print-call\n"
        '        """Not the docstring."""\n'
        "        print(1)\n"
        "        if self.session:\n"
        "            # pylint: enable=print-call\n"
        "            print(2)\n"
        "        print(3)\n\n"
        "    def useless(self) -> int:\n"
        "        return 1  # noqa: LC308\n"
    ),
    "app/routes/__init__.py": "",
    "app/routes/README.md": "# routes\n\nThe routes: `books.py`.\n",
    "app/routes/books.py": (
        "import time\n\n"
        "from fastapi import APIRouter, Depends\nfrom sqlalchemy.orm import Session\n\n"
        "from app.models import Book\n\n"
        "router = APIRouter()\nPAGE = 10\n\n\n"
        "def get_session() -> Session:\n    raise NotImplementedError\n\n\n"
        '@router.get("/books/{book_id}")\n'
        "async def read_book(book_id: int, session: Session = Depends(get_session)) -> int:\n"
        "    time.sleep(1)\n"
        "    return session.get(Book, book_id).id\n"
    ),
    "app/quiet.py": "# flake8: noqa: E501\ndef f() -> None:\n    print(1)\n",
    "app/skipped.py": "# pylint: skip-file\ndef f() -> None:\n    print(1)\n",
    "app/mine.py": "# layercheck: ignore-file[LC308] a script\ndef f() -> None:\n    print(1)\n",
    "app/ü mlaut.py": 'def f() -> None:\n    print("ü", 1)\n',
    "old/script.py": "def f() -> None:\n    print(1)\n",
}
TABLES = {
    "app/models.py": (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        'class Book(Base):\n    __tablename__ = "books"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
    ),
}
"""The book as a table: not in every test, since pylint follows its base class through all of SQLAlchemy, for seconds."""


def write(root: Path, files: dict[str, str] = FILES) -> Path:
    """Write a project below `root`."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    return root


def execute(
    *arguments: str, folder: Path, stdin: str | None = None, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` in a folder; text is UTF-8."""
    return subprocess.run(
        [python, "-X", "utf8", "-m", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        stdin=subprocess.DEVNULL if stdin is None else None,
    )


def places(lines: Sequence[str]) -> list[Place]:
    """`path|line|code` lines as places."""
    found = []
    for line in lines:
        path, number, code = line.split("|")
        found.append((Path(path).as_posix(), int(number), code))
    return found


def by_cli(*arguments: str, folder: Path, python: str = sys.executable, stdin: str | None = None) -> list[Place]:
    """What the command line finds in Python files."""
    done = execute(
        "layercheck", "check", "--output-format", "json", *arguments, folder=folder, python=python, stdin=stdin
    )
    assert done.returncode in (0, 1), done.stderr
    found = [(item["path"], item["line"], item["code"]) for item in json.loads(done.stdout)]
    return [place for place in found if place[0].endswith(".py")]


def by_flake8(*arguments: str, folder: Path, python: str = sys.executable, stdin: str | None = None) -> list[Place]:
    """What flake8 shows of layercheck."""
    shown = ["--select=LC", "--format=%(path)s|%(row)d|%(code)s"]
    done = execute("flake8", *shown, *arguments, folder=folder, python=python, stdin=stdin)
    assert not done.stderr, done.stderr
    return places(done.stdout.splitlines())


def by_pylint(*arguments: str, folder: Path, python: str = sys.executable, stdin: str | None = None) -> list[Place]:
    """What pylint shows of layercheck."""
    shown = ["--load-plugins=layercheck.pylint", "--disable=all", "--enable=layercheck", "--score=n", "--recursive=y"]
    shown += ["--persistent=n", "--msg-template={path}|{line}|{msg_id}"]
    done = execute("pylint", *shown, *arguments, folder=folder, python=python, stdin=stdin)
    assert not done.stderr, done.stderr
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("*****")]
    return [(path, line, f"LC{code[2:]}") for path, line, code in places(lines)]
