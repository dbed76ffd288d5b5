# SPDX-License-Identifier: Apache-2.0
"""Tests: the demo's settings with a known key, a fast password hash and no limits that a slow machine would meet."""

from __future__ import annotations

import os
from pathlib import Path

from vitrina.site import embedded_db, paths
from vitrina.site.buckets import Rate

os.environ.setdefault("VITRINA_SECRET_KEY", "tests-only-" + "0" * 40)

from vitrina.site.settings.demo import *  # noqa: F403
from vitrina.site.settings.demo import DATABASE_URL, LOGGING, databases

# One server for each test worker: a transaction that one leaves open would hold back the other's sequencer.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
CLUSTER = embedded_db.Cluster(paths.var() / "test-pg" / WORKER, hurried=True)
DATABASES = databases(DATABASE_URL or CLUSTER.url())
DATABASES["default"]["NAME"] = os.environ.get("VITRINA_TEST_DATABASE") or DATABASES["default"]["NAME"]

# A log of its own for each database, which lasts no longer than it (tests/fixtures/database.py).
LOG_DIR = paths.var() / "test-log"
LOG_KEY = paths.var() / "test-log" / "log.key"
LOG_PER_DATABASE = True

# Authorities of the tests' own, kept between runs: keys take seconds to make.
DEMO_AUTHORITY = paths.var() / "test-authority" / WORKER
SIGNING_TRUST = [DEMO_AUTHORITY / "trust"]
PAPERS_DIR = paths.var() / "test-papers" / WORKER
SEALED_DIR = paths.var() / "test-sealed" / WORKER
BROADCAST_DIR = paths.var() / "test-broadcast" / WORKER
SEARCH_DIR = paths.var() / "test-search" / WORKER
DUMP_DIR = Path(os.environ.get("VITRINA_DUMP_DIR") or paths.var() / "test-dumps" / WORKER)
FILES_DIR = paths.var() / "test-files" / WORKER
FLOOR_KEY = paths.var() / "test-files" / WORKER / "floor.key"

LIMITS = {"api": Rate(1, 0), "files": Rate(1, 0)}  # none: a test that wants one sets it
LIMITS_FILE = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS: dict[str, str] = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = paths.var() / "test-mail"
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "ERROR"}}
