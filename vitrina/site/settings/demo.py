# SPDX-License-Identifier: Apache-2.0
"""One machine, for trying and developing: embedded database unless DATABASE_URL is set, plain http, demo log-ins."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from vitrina.site import embedded_db, paths
from vitrina.site.settings.base import *  # noqa: F403
from vitrina.site.settings.base import DATABASE_URL, SIGNING_TRUST, databases


def _secret_key(file: Path) -> str:
    """A key of this installation's own, made at the first start and readable by its user only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        fresh.rename(file)
    return file.read_text()


VITRINA_DEMO = True
DEBUG = os.environ.get("VITRINA_DEBUG") == "1"
SECRET_KEY = os.environ.get("VITRINA_SECRET_KEY") or _secret_key(paths.var() / "secret_key")
ALLOWED_HOSTS = [h for h in os.environ.get("VITRINA_HOSTS", "").split(",") if h] or ["localhost", "127.0.0.1", "[::1]"]
DATABASES = databases(DATABASE_URL or embedded_db.Cluster().url(), pool_size=int(os.environ.get("VITRINA_POOL", "0")))
SIGNING_PROFILE = "demo"
SIGNING_ALLOW_TEST_ROOTS = True
PDN_DEMO_CLIENT = ("plataforma", "vitrina-demo")
DEMO_AUTHORITY = paths.var() / "demo-authority"  # issues the e.firma of people who do not exist
SIGNING_TRUST = [*SIGNING_TRUST, DEMO_AUTHORITY / "trust"]
PAPER_SEAL = {"maker": "vitrina.site.demo.authority.paper_seal"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
REMINDERS_EMAIL = True
if not os.environ.get("VITRINA_SMTP"):  # no mail leaves a demonstration: it can be read in this folder
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = paths.var() / "mail"
