# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks [name ...] [--json]`: run benchmarks, each in a database of its own, and print the figures."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from vitrina.site import embedded_db, paths

MODULES = (
    "acts",
    "auction",
    "bodies",
    "dumps",
    "generate",
    "import_rows",
    "inbox",
    "indicators",
    "insight",
    "last_second",
    "lighthouse",
    "live",
    "merkle",
    "nation",
    "pages",
    "profiles",
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


def alone(name: str) -> list[list[Any]]:
    """The figures of one benchmark, in a fresh database."""
    with durable_server() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test",
            "VITRINA_STATEMENT_TIMEOUT": "0",
        }
        migrate()
        return [list(one) for one in importlib.import_module(f"benchmarks.{name}").run()]


def in_a_process(name: str) -> list[list[Any]]:
    """The same from a process of its own: what one leaves behind, in memory too, is nothing to the next."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, "--json"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    found: dict[str, list[list[Any]]] = json.loads(told.splitlines()[-1])
    return found[name]


def main() -> int:
    """Run what was asked for, print a table."""
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")] or list(MODULES)
    unknown = sorted(set(wanted) - set(MODULES))
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(MODULES)}", file=sys.stderr)
        return 2
    run = alone if len(wanted) == 1 else in_a_process
    figures = {name: run(name) for name in wanted}
    if "--json" in sys.argv:
        print(json.dumps(figures))
        return 0
    for name, found in figures.items():
        for one in found:
            figure, value, unit, note = one
            print(f"{name:12} {figure:46} {value:12,.1f} {unit:10} {note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
