# SPDX-License-Identifier: Apache-2.0
"""The fixtures of every test, beside the code and under tests/."""

import os
import sys

# A run starts Python a hundred times: what was compiled once is kept, even where the shell says otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Playwright keeps an event loop in the test's thread; the ORM would refuse to work beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = (
    "tests.fixtures.database",
    "tests.fixtures.durable",
    "tests.fixtures.site",
    "tests.fixtures.auction",
    "tests.fixtures.browser",
    "tests.fixtures.time",
    "tests.fixtures.language",
    "tests.fixtures.order",
)
collect_ignore_glob = [
    "vitrina/site/settings/production.py",
    "vitrina/site/asgi.py",
    "vitrina/__main__.py",
    "build",
    "var",
]
