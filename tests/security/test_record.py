# SPDX-License-Identifier: Apache-2.0
"""The record: sending twice, racing, rewriting; production's settings; what the database itself refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process, Submission
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.models import Unit
from vitrina.parties.roles import Role
from vitrina.site import paths
from vitrina.site.demo import clock

from .attacker import HIV, Visitor, step_path
from .sealing import seal, send

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.production", "VITRINA_SECRET_KEY": "k3y-" + "Zx9!" * 20, "VITRINA_HOSTS": "compras.example.mx",
    "VITRINA_OCID_PREFIX": "ocds-abc123", "DATABASE_URL": "postgresql://vitrina@/vitrina?host=/nowhere",
}  # fmt: skip


def test_a_form_sent_eight_times_at_once_is_one_act(someone):
    path = step_path(Process.objects.get(title="Equipo de venoclisis").ocid, "clarifying.ask")
    supplier = someone("supplier2")
    form = {**supplier.tokens(path), "confirm": "1", "topic": "technical", "text": "¿Ocho veces?"}
    before = Entry.objects.count()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: supplier.post(path, form), range(8)))

    assert {a.status for a in answers} == {302}
    assert len({a.location for a in answers}) == 1
    assert Entry.objects.count() == before + 1
    assert Submission.objects.filter(token=form["token"]).count() == 1
    assert (
        supplier.post(path, {**form, "text": "Otra cosa"}).location == answers[0].location
    )  # a replay changes nothing
    assert Entry.objects.count() == before + 1


def test_two_approvers_at_once_certify_once(site, someone):
    person = parties.register_person(email="segunda@vitrina.example", given_name="S", surname="S", password="x")
    at = clock.now() - timedelta(days=1)
    parties.appoint(at=at, person=person, role=Role.APPROVER, unit=Unit.objects.get(key="050GYR"))
    path = step_path(Process.objects.get(title="Lancetas de seguridad").ocid, "planning.certify_budget")
    both = [someone("approver"), Visitor(site.url).enter("segunda@vitrina.example")]
    forms = [
        {**v.tokens(path), "confirm": "1", "certificate": f"C-{n}", "amount": "20150000.00"}
        for n, v in enumerate(both)
    ]
    stream = f"ocid:{path.split('/')[3]}"
    before = Entry.objects.filter(stream=stream).count()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda n: both[n].post(path, forms[n]), range(2)))

    assert Counter(a.status for a in answers) == {302: 1, 409: 1}, answers[0].text[-2500:]
    assert Entry.objects.filter(stream=stream).count() == before + 1


def test_a_bid_sent_eight_times_at_once_is_logged_once(site, tmp_path):
    ocid = Process.objects.get(title=HIV).ocid
    supplier = Visitor(site.url).enter("supplier1@vitrina.example")
    sealed = seal(supplier, ocid, "52.10", tmp_path)
    before, at = Entry.objects.filter(kind="envelope.logged").count(), clock.now()
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _n: send(supplier, ocid, sealed, at).answer, range(8)))

    assert {a.status for a in sent} == {201}
    assert len({a.json["received_at"] for a in sent}) == 1
    assert Entry.objects.filter(kind="envelope.logged").count() == before + 1
    entry = Envelope.objects.get(c=sealed.c).entry
    assert entry.event.c == sealed.c


def test_bids_that_replace_the_same_one_at_once_are_all_logged_and_none_is_dropped(site, tmp_path):
    """Whose they are nobody knows before the act: the order of the log says there which of them stands."""
    ocid = Process.objects.get(title=HIV).ocid
    supplier = Visitor(site.url).enter("supplier1@vitrina.example")
    first = seal(supplier, ocid, "51.00", tmp_path)
    assert send(supplier, ocid, first, clock.now()).answer.status == 201
    many = [seal(supplier, ocid, f"5{n}.10", tmp_path, replaces=first.c) for n in range(6)]
    at, before = clock.now(), Entry.objects.count()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda s: send(supplier, ocid, s, at, previous=first.manifest_bytes).answer, many))
    assert [a.json["status"] for a in answers] == ["logged"] * 6
    assert Envelope.objects.filter(c__in=[s.c for s in many]).values("entry").distinct().count() == 6
    assert Entry.objects.count() >= before + 6


@pytest.mark.parametrize("attack", ["UPDATE ledger_entry SET body = '{}'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry CASCADE",
                                    "UPDATE ledger_position SET position = position + 1", "DELETE FROM ledger_position"])  # fmt: skip
def test_the_database_refuses_to_rewrite_the_ledger(site, attack):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_productions_settings_have_nothing_to_be_told(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINA_", "DJANGO_", "DATABASE_"))}
    environment |= PRODUCTION | {"VITRINA_VAR": str(tmp_path)}
    checked = _python("-m", "django", "check", "--deploy", "--fail-level", "INFO", environment=environment)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout

    told = _python("-c", SHOW, environment=environment)
    assert told.returncode == 0, told.stderr


SHOW = """
import django; django.setup()
from django.conf import settings as s
assert not s.DEBUG and not s.VITRINA_DEMO and s.ALLOWED_HOSTS == ["compras.example.mx"]
assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SESSION_COOKIE_HTTPONLY and s.CSRF_COOKIE_HTTPONLY
assert s.SESSION_COOKIE_NAME.startswith("__Host-") and s.CSRF_COOKIE_NAME.startswith("__Host-")
assert s.SESSION_COOKIE_DOMAIN is None and s.CSRF_COOKIE_DOMAIN is None and s.SESSION_COOKIE_PATH == "/"
assert s.SECURE_SSL_REDIRECT and s.SECURE_HSTS_SECONDS >= 63072000 and not s.USE_X_FORWARDED_HOST
assert s.PUBLIC_URL == "https://compras.example.mx" and "upgrade-insecure-requests" in s.CONTENT_SECURITY_POLICY["DIRECTIVES"]
assert s.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher") and s.ACCOUNT_RATE_LIMITS
assert "django.contrib.admin" not in s.INSTALLED_APPS and not getattr(s, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False)
from vitrina.site.demo import clock
from django.core.exceptions import ImproperlyConfigured
try:
    clock.install()
except ImproperlyConfigured:
    pass
else:
    raise SystemExit("the demo's clock can be moved")

import importlib, os, sys
settings = sys.modules["vitrina.site.settings.production"]
for name, value in {"VITRINA_SECRET_KEY": "", "VITRINA_HOSTS": "", "DATABASE_URL": "", "VITRINA_OCID_PREFIX": "", "VITRINA_DEMO": "1"}.items():
    former, os.environ[name] = os.environ.get(name, ""), value
    try:
        importlib.reload(settings)
    except ImproperlyConfigured as why:
        assert name in str(why) or "demo" in str(why)
    else:
        raise SystemExit(f"it starts with {name}={value!r}")
    os.environ[name] = former
"""


def _python(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
