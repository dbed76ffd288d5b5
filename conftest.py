# SPDX-License-Identifier: Apache-2.0
"""The fixtures of every test, beside the code and under tests/."""

import os

# Playwright keeps an event loop in the test's thread; the ORM would refuse to work beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = (
    "tests.fixtures.database",
    "tests.fixtures.site",
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
