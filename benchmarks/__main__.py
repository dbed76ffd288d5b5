# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks [name ...] [--json]`: run the benchmarks and print their figures."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import urlsplit, urlunsplit

import psycopg

from vitrina.site import embedded_db, paths

MODULES = (
    "acts",
    "auction",
    "generate",
    "import_rows",
    "inbox",
    "indicators",
    "insight",
    "last_second",
    "live",
    "merkle",
    "nation",
    "pages",
    "sealed",
    "search",
    "search_engines",
    "sealing",
    "log_leaves",
    "screens",
    "questions",
)
NAME = "vitrina_bench"


@contextmanager
def durable_server() -> Iterator[str]:
    """The address of a fresh, empty database on a server that keeps what it commits, as in earnest."""
    cluster = embedded_db.Cluster(paths.var() / "bench-pg")
    with nullcontext() if embedded_db.external_url() else cluster.running():
        base = embedded_db.external_url() or cluster.url("postgres")
        address = psycopg.conninfo.make_conninfo(base, dbname="postgres")
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            db.execute(f"CREATE DATABASE {NAME}")
        url = urlsplit(base)
        yield urlunsplit(url._replace(path=f"/{NAME}"))
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def migrate() -> None:
    """Set Django up over the fresh database."""
    import django  # noqa: PLC0415 - once the settings are chosen

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - once the settings are chosen

    call_command("migrate", verbosity=0)


def main() -> int:
    """Make a fresh database, run what was asked for, print a table."""
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")] or list(MODULES)
    unknown = sorted(set(wanted) - set(MODULES))
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(MODULES)}", file=sys.stderr)
        return 2
    figures = {}
    with durable_server() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test",
            "VITRINA_STATEMENT_TIMEOUT": "0",
        }
        migrate()
        for name in wanted:
            figures[name] = importlib.import_module(f"benchmarks.{name}").run()
    if "--json" in sys.argv:
        print(json.dumps({n: [list(f) for f in found] for n, found in figures.items()}))
        return 0
    for name, found in figures.items():
        for one in found:
            figure, value, unit, note = one
            print(f"{name:12} {figure:46} {value:12,.1f} {unit:10} {note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
