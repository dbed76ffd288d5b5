# SPDX-License-Identifier: Apache-2.0
"""Made-up requests for every operation of the API: no failure, no status, type or shape that its description lacks."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as budget
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.acts.conftest import Told
from vitrina.profiles import making
from vitrina.profiles.tests.stores import told_store

EXAMPLES = int(os.environ.get("VITRINA_API_EXAMPLES", "3"))
ALL = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)


def test_nothing_is_answered_that_is_not_described(told: Told, tmp_path: Any, settings: Any) -> None:
    """Requests as the description wants them, and others. VITRINA_API_EXAMPLES makes many of each."""
    settings.SEARCH_DIR = tmp_path / "search"
    making.load(told_store(tmp_path / "store"), settings.SEARCH_DIR)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == schema.statistic.operations.total >= 23

    for operation in operations:
        for mode in GenerationMode:
            if mode == GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
                continue

            @seed(1)
            @budget(
                max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=ALL, phases=[Phase.generate]
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def tried(case: schemathesis.Case) -> None:
                # a cursor is a text that nobody can make up: that one is refused is what the description says
                case.call_and_validate(excluded_checks=[positive_data_acceptance] if "cursor" in case.query else [])

            tried()
