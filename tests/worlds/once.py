# SPDX-License-Identifier: Apache-2.0
"""A world built once for a test file; each test begins from it and leaves it as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written within is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def built_once(build: Callable[[], Any]) -> Any:
    """A fixture of module scope that holds what `build` returns, undone after the last test of the file.

    Tests reach it through a fixture of their own, `with rolled_back(): yield whole`, and carry no `django_db` mark.
    """

    @pytest.fixture(scope="module")
    def whole(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        with django_db_blocker.unblock(), rolled_back():
            yield build()

    return whole
