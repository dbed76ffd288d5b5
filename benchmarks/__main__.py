# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks [name ...] [--json]`: run the benchmarks and print their figures."""

from __future__ import annotations

import importlib
import json
import os
import sys
from contextlib import nullcontext

from vitrina.site import embedded_db

MODULES = ("acts", "import_rows", "pages")
NAME = "vitrina_bench"


def main() -> int:
    """Make a fresh database, run what was asked for, print a table."""
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")] or list(MODULES)
    unknown = sorted(set(wanted) - set(MODULES))
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(MODULES)}", file=sys.stderr)
        return 2
    os.environ["DJANGO_SETTINGS_MODULE"] = "vitrina.site.settings.test"
    os.environ["VITRINA_STATEMENT_TIMEOUT"] = "0"
    from vitrina.site.settings.test import CLUSTER  # noqa: PLC0415 - once the settings are chosen

    with nullcontext() if embedded_db.external_url() else CLUSTER.running():
        import django  # noqa: PLC0415 - once the settings are chosen

        django.setup()
        from tests.fixtures import database  # noqa: PLC0415 - once the settings are chosen

        database.drop(NAME)
        with database._maintenance() as db:  # noqa: SLF001 - the tests' own way to a fresh database
            db.execute(f"CREATE DATABASE {NAME}")
        database.point_to(NAME)
        from django.core.management import call_command  # noqa: PLC0415 - once the settings are chosen

        call_command("migrate", verbosity=0)
        figures = {name: importlib.import_module(f"benchmarks.{name}").run() for name in wanted}
        database.drop(NAME)
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
