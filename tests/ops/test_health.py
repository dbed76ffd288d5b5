# SPDX-License-Identifier: Apache-2.0
"""What /healthz says when something is missing, and what a reader is not given."""

import pytest
from django.db import connection
from django.test import Client

from vitrina.site import health


@pytest.mark.django_db
def test_without_a_sequencer_the_site_is_not_ready():
    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "starting", "missing": ["sequencer"]}


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_seen(monkeypatch):
    monkeypatch.setattr(health, "_settled", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    assert health.problems() == ["migrations"]


@pytest.mark.django_db
def test_healthz_is_read_only():
    assert Client().post("/healthz").status_code == 405


@pytest.mark.django_db
def test_a_reader_gets_no_cookie(settings, client):
    settings.VITRINA_DEMO = False  # the demo's clock in the footer is a form, and a form needs its token

    for path in ("/", "/en/"):
        assert not client.get(path).cookies, path
