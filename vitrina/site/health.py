# SPDX-License-Identifier: Apache-2.0
"""Is it ready? `GET /healthz`, and the migration state that it and the command line share."""

from __future__ import annotations

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SEQUENCER = "vitrina-sequencer"  # the application name under which it connects
_settled = False  # migrations are looked up until they are found applied, then no more


def pending_migrations() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> int:
    """Apply what the database lacks; returns how many migrations that was."""
    if missing := pending_migrations():
        call_command("migrate", verbosity=0, interactive=False)
    return missing


def problems() -> list[str]:
    """What keeps the site from being ready, in the order in which it must be mended; empty when ready."""
    global _settled  # noqa: PLW0603 - a fact that can only become true
    try:
        if not _settled and pending_migrations():
            return ["migrations"]
        _settled = True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
                [SEQUENCER],
            )
            return [] if cursor.fetchone()[0] else ["sequencer"]
    except DatabaseError:
        return ["database"]


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 `{"status": "ok"}` when the database answers, is migrated, and the sequencer lives; else 503 and why."""
    if missing := problems():
        return JsonResponse({"status": "starting", "missing": missing}, status=503)
    return JsonResponse({"status": "ok"}, json_dumps_params={"separators": (",", ":")})
