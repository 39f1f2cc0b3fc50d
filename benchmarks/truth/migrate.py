"""The schema that `alembic upgrade` makes, as JSON. Runs in the interpreter of the application's own environment.

    python migrate.py FOLDER --url URL --out FILE [--path DIR] [--env K=V] [--main K=V] [--heads NAME] [--ini FILE] [--plain] [--before CODE]

FOLDER holds env.py. `{url}` in the values of --env and --main is the database's address, {file} the file of an SQLite one. With
--plain the revisions run without the project's env.py (for one that needs a configured server), on a connection made here.
Only a database on this machine can be reached.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from typing import Any

from dump import block_network


def upgrade(folder: str, url: str, heads: str, main: dict[str, str], plain: bool, ini: str | None) -> None:
    """Run the revisions."""
    from alembic import command
    from alembic.config import Config

    config = Config(ini)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    for name, value in main.items():
        config.set_main_option(name, value)
    if not plain:
        command.upgrade(config, heads)
        return
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine

    script = ScriptDirectory.from_config(config)
    with create_engine(url).connect() as connection:
        context = EnvironmentContext(config, script, fn=lambda now, _: script._upgrade_revs(heads, now))  # type: ignore[no-untyped-call]
        with context:
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.run_migrations()
        connection.commit()


def reflected(url: str, schema: str | None) -> list[dict[str, Any]]:
    """Every table of the database as it is."""
    from sqlalchemy import create_engine, inspect

    inspector = inspect(create_engine(url))
    mysql = inspector.dialect.name in ("mysql", "mariadb")
    out = []
    for name in sorted(inspector.get_table_names(schema=schema)):
        if name.endswith("alembic_version"):
            continue
        out.append({
            "name": name,
            "columns": [
                {"name": c["name"], "type": type(c["type"]).__name__, "nullable": bool(c["nullable"])}
                for c in inspector.get_columns(name, schema=schema)
            ],
            "primary_key": inspector.get_pk_constraint(name, schema=schema)["constrained_columns"],
            "foreign_keys": sorted(
                [k["constrained_columns"], [f"{k['referred_table']}.{c}" for c in k["referred_columns"]]]
                for k in inspector.get_foreign_keys(name, schema=schema)
            ),
            "unique_constraints": sorted(u["column_names"] for u in inspector.get_unique_constraints(name, schema=schema)),
            "indexes": sorted(
                ([i["column_names"], bool(i["unique"])] for i in inspector.get_indexes(name, schema=schema) if "duplicates_constraint" not in i),
                key=str,
            ),
        })  # fmt: skip
        if mysql:
            _as_declared(out[-1])
    return out


def _as_declared(table: dict[str, Any]) -> None:
    """Take away what MySQL adds: an index for each foreign key, and one for each unique constraint (which it lists as both)."""
    table["indexes"] = [i for i in table["indexes"] if i[0] not in [k[0] for k in table["foreign_keys"]]]
    table["unique_is_index"] = True


def _pairs(given: list[str], url: str) -> dict[str, str]:
    file = url.rpartition(":///")[2]
    return {
        name: value.replace("{url}", url).replace("{file}", file)
        for name, _, value in (entry.partition("=") for entry in given)
    }


def main() -> None:
    """Parse the arguments, upgrade, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--url", required=True)
    parser.add_argument("--out", required=True)
    for name in ("path", "env", "main"):
        parser.add_argument(f"--{name}", action="append", default=[])
    parser.add_argument("--heads", default="heads")
    parser.add_argument("--schema")
    parser.add_argument("--ini")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--before", default="")
    options = parser.parse_args()
    os.environ.update(_pairs(options.env, options.url))
    sys.path[:0] = options.path
    block_network(local=True)
    if options.before:
        exec(options.before, {"url": options.url})
    with contextlib.redirect_stdout(sys.stderr):
        main_options = _pairs(options.main, options.url)
        upgrade(options.folder, options.url, options.heads, main_options, options.plain, options.ini)
    with open(options.out, "w", encoding="utf-8") as handle:
        json.dump(reflected(options.url, options.schema), handle, indent=1)


if __name__ == "__main__":
    main()
