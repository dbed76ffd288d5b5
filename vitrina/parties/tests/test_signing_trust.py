# SPDX-License-Identifier: Apache-2.0
"""From a certificate to a root that is trusted, the store of roots, and who learns when it changes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.fixtures.authority import AT, authority, make_cert, usage, write_store
from vitrina.ledger.models import Entry
from vitrina.parties.signing import store, watch
from vitrina.site import paths
from vitrina.site.demo import issuing

from .signing_world import (
    COMPANY,
    supplier,
    verdict,
)

NO_KIND = [{"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}}, usage("digital_signature")]


def test_four_ways_of_not_reaching_a_trusted_root(db, settings, tmp_path, trust, keys):
    actor = supplier(COMPANY, "empresa")
    root, between = keys["root"], keys["between"]
    good = make_cert(between, COMPANY)

    def under(*authorities, efirma=good, at=AT):
        write_store(tmp_path / "trust", *authorities)
        return verdict(efirma, actor, at=at)

    assert under(root, between) == "OK"
    assert under(root, efirma=make_cert(keys["stranger"], COMPANY)) == "CHAIN_NO_ISSUER"
    assert under(root, between, efirma=make_cert(keys["namesake"], COMPANY)) == "CHAIN_BAD_SIGNATURE"
    assert under(root, keys["namesake"]) == "CHAIN_BAD_SIGNATURE"
    assert under(root, keys["namesake"], between) == "OK"  # two of one name: the one that signed

    not_root = authority("Autoridad Suelta")
    not_root.anchor = False
    assert under(root, not_root, efirma=make_cert(not_root, COMPANY)) == "CHAIN_NOT_TRUSTED"
    tired = authority("Autoridad Cansada", above=root, until_=AT - timedelta(days=1))
    assert under(root, tired, efirma=make_cert(tired, COMPANY)) == "CHAIN_NOT_TRUSTED"
    for extensions in ([issuing.authority_extensions()[0], usage("crl_sign")], NO_KIND, []):
        weak = authority("Autoridad Sin Permiso", above=root, extensions=extensions)
        assert under(root, weak, efirma=make_cert(weak, COMPANY)) == "CHAIN_NOT_TRUSTED"
    closed = authority("Raíz Cerrada", until=AT, ocsp=trust.url)
    trusted_later = authority("Raíz Futura", since=AT + timedelta(seconds=1))
    for each in (closed, trusted_later):
        assert under(each, efirma=make_cert(each, COMPANY)) == "CHAIN_NOT_TRUSTED"


def test_authorities_of_tests_count_only_where_settings_say_so(db, settings, tmp_path, trust, keys):
    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)
    assert verdict(good, actor) == "OK"

    settings.SIGNING_ALLOW_TEST_ROOTS = False
    assert verdict(good, actor) == "CHAIN_TEST_ROOT"
    write_store(tmp_path / "trust")
    assert verdict(good, actor) == "CHAIN_TEST_ROOT"  # not in the store, and known by its name
    assert verdict(make_cert(keys["stranger"], COMPANY), actor) == "CHAIN_NO_ISSUER"


def test_a_production_that_trusts_a_root_of_tests_does_not_start(settings, tmp_path, keys):
    settings.SIGNING_TRUST, settings.SIGNING_ALLOW_TEST_ROOTS = [write_store(tmp_path / "a", keys["root"])], False
    with pytest.raises(ImproperlyConfigured, match="one of tests"):
        store.refuse_test_roots()
    settings.SIGNING_TRUST = [write_store(tmp_path / "b", keys["stranger"]), tmp_path / "absent"]
    store.refuse_test_roots()


@pytest.mark.parametrize("change", ["sha256", "file", "text", "missing"])
def test_a_damaged_store_of_authorities_is_refused(settings, tmp_path, keys, change):
    folder = write_store(tmp_path / "trust", keys["root"])
    toml = folder / "store.toml"
    if change == "sha256":
        (folder / "0.cer").write_bytes(keys["stranger"].certificate)
    elif change == "file":
        toml.write_text(toml.read_text().replace('"0.cer"', '"../trust/0.cer"'))
    elif change == "text":
        toml.write_text(toml.read_text() + "[[authority")
    else:
        toml.write_text(toml.read_text().replace("source", "sauce"))
    with pytest.raises(ImproperlyConfigured, match=r"store.toml"):
        store.load([folder])


def test_whoever_changes_the_authorities_is_seen_in_the_ledger(db, settings, tmp_path, keys):
    settings.SIGNING_ALLOW_TEST_ROOTS = False
    one, two = authority("Autoridad Uno"), authority("Autoridad Dos")
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", one)]
    assert [watch.tend(AT), watch.tend(AT)] == [1, 0]
    write_store(tmp_path / "trust", two, one)
    assert watch.tend(AT) == 1
    write_store(tmp_path / "trust")
    assert watch.tend(AT) == 1

    first, second, third = (e.event for e in Entry.objects.filter(stream=watch.STREAM).order_by("seq"))
    assert [a.name for a in first.authorities] == ["Autoridad Uno"] and first.authorities[0].is_root
    assert (second.added, second.removed, third.added, third.removed) == (1, 0, 0, 2)
    assert "Autoridad Dos" in second.detail() and "nadie" in third.detail()


def test_a_demonstration_s_own_authority_is_no_news(db, settings, tmp_path, keys):
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", keys["root"])]
    assert watch.tend(AT) == 0 and not Entry.objects.exists()


@pytest.mark.parametrize("who", ["root", "stranger"])
def test_production_with_its_real_settings(tmp_path, keys, who):
    """The process that would serve: with an authority of tests among the trusted it ends before it serves anything."""
    write_store(tmp_path / "trust", keys[who])
    told = {
        "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.production", "VITRINA_TRUST": str(tmp_path / "trust"), "VITRINA_VAR": str(tmp_path),
        "VITRINA_SECRET_KEY": "x" * 60, "VITRINA_HOSTS": "compras.example", "VITRINA_OCID_PREFIX": "ocds-abc123",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=os.environ | told,
        capture_output=True,
        check=False,
        cwd=paths.ROOT,
    )
    if who == "root":
        assert run.returncode and b"one of tests" in run.stderr
    else:
        assert run.returncode == 0, run.stderr
