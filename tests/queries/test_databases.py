"""Which database a project runs on."""

from __future__ import annotations

import pytest

from layercheck.queries.databases import dialects
from support import project_of


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app/db.py": 'URL = "postgresql+asyncpg://db/app"'}, {"postgresql"}),
        ({"app/db.py": "import aiomysql"}, {"mysql"}),
        ({"app/types.py": "from sqlalchemy.dialects.postgresql import JSONB"}, {"postgresql"}),
        ({"app/types.py": "from sqlalchemy.dialects import mysql"}, {"mysql"}),
        ({"app/settings.py": 'class Settings:\n    url: str = "sqlite:///./app.db"'}, {"sqlite"}),
        ({"requirements.txt": "fastapi\npsycopg2-binary==2.9\n"}, {"postgresql"}),
        ({"pyproject.toml": '[project]\ndependencies = [\n  "PyMySQL>=1",\n]\n'}, {"mysql"}),
        ({".env.example": "DATABASE_URL=mssql+pyodbc://host/db\n"}, {"mssql"}),
        ({"docker-compose.yml": "environment:\n  URL: postgres://db\n"}, {"postgresql"}),
        ({"tests/test_db.py": 'URL = "sqlite://"'}, set()),
        ({"app/main.py": "import asyncpg_utilities\nx = 'see https://postgresql.org'"}, set()),
        ({"README.md": "Runs on postgresql://"}, set()),
    ],
)
def test_dialects(files: dict[str, str], expected: set[str]) -> None:
    assert dialects(project_of(files)) == expected
