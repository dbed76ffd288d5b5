# SPDX-License-Identifier: Apache-2.0
"""DATABASE_URL -> Django's dictionary. PostgreSQL only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def parse(url: str, *, statement_timeout: str, idle_timeout: str, pool_size: int = 0) -> dict[str, Any]:
    """Settings of one database. Timeouts are PostgreSQL durations ("10s", "0" for none); a pool of 0 is no pool.

    >>> parse("postgresql://ana@/compras?host=/run/pg", statement_timeout="0", idle_timeout="0")["HOST"]
    '/run/pg'
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must start with postgresql://, not {parts.scheme or url!r}")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "") or parts.port or ""
    limits = f"-c statement_timeout={statement_timeout} -c idle_in_transaction_session_timeout={idle_timeout}"
    options["options"] = f"{options.get('options', '')} {limits} -c lock_timeout=5s -c timezone=UTC".strip()
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "vitrina",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }
