# SPDX-License-Identifier: Apache-2.0
"""A search that the database does not answer in time is refused in the platform's shape, not with a page of errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from vitrina.api.pdn import contracts
from vitrina.api.pdn.clients import token_for


@pytest.mark.django_db
def test_a_search_that_takes_too_long_says_so(monkeypatch: Any) -> None:
    def slow(_asked: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(contracts, "search", slow)
    headers = {"authorization": f"Bearer {token_for('plataforma', 'vitrina-demo', 's6')}"}
    answer = Client().post("/pdn/s6/contrataciones-abiertas", "{}", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "30")
