# SPDX-License-Identifier: Apache-2.0
"""Statements: what the log takes, to the byte, and everything that it does not take."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.ledger import statement
from vitrina.ledger.statement import Digest, StatementError

from .public_log import statements

AT = datetime(2026, 11, 3, 16, 5, 9, 999_999, tzinfo=UTC)
BODY, RELEASE = Digest("ab" * 32, 120), Digest("cd" * 32, 2048)
OCID = "ocds-vt0001-00007"


def test_a_public_act_to_the_byte():
    found = statement.act("award.published", body=BODY, release=RELEASE, ocid=OCID, at=AT)

    assert found.decode() == (
        f'{{"at":"2026-11-03T16:05:09Z","body":{{"sha256":"{BODY.sha256}","size":120}},"ocid":"{OCID}",'
        f'"release":{{"sha256":"{RELEASE.sha256}","size":2048}},"type":"award.published","v":1}}'
    )
    assert statement.check(found)["type"] == "award.published"


def test_an_act_of_the_platform_has_no_process_and_perhaps_no_release():
    found = json.loads(statement.act("log.created", body=BODY, at=AT, prev=0))

    assert found == {
        "v": 1,
        "type": "log.created",
        "at": "2026-11-03T16:05:09Z",
        "body": {"sha256": "ab" * 32, "size": 120},
        "prev": 0,
    }


@pytest.mark.parametrize("ocid", ["ocds-vt0001-LA_06.G-2026", "ocds-213czf-000/1:a", "x" * 200])
def test_a_process_of_any_publisher_is_taken(ocid):
    assert statement.check(statement.act("a.b", body=BODY, at=AT, ocid=ocid))["ocid"] == ocid


def test_of_what_is_reserved_only_the_digest_is_said():
    assert statement.reserved("ab" * 32).decode() == '{"body":{"sha256":"%s"},"type":"reservado","v":1}' % ("ab" * 32)


def test_an_envelope_is_115_bytes():
    found = statement.build({"v": 1, "type": "sobre", "c": "ef" * 32, "reveal_by": "2027-01"})

    assert len(found) == 115
    assert statement.check(found)["c"] == "ef" * 32


def test_the_instant_is_utc_in_whole_seconds():
    mexico = AT.astimezone(timezone(timedelta(hours=-6)))

    assert statement.act("a.b", body=BODY, at=mexico) == statement.act("a.b", body=BODY, at=AT)
    assert statement.instant(json.loads(statement.act("a.b", body=BODY, at=AT))) == AT.replace(microsecond=0)
    with pytest.raises(ValueError, match="zone"):
        statement.act("a.b", body=BODY, at=AT.replace(tzinfo=None))


def test_the_statements_of_the_vectors_are_read_though_they_have_no_body():
    for data in statements(5):
        found = statement.read(data)
        assert found["type"].count(".") == 1
        assert statement.instant(found) is not None
        with pytest.raises(StatementError, match="body is missing"):  # ours always say it
            statement.check(data)


GOOD = json.loads(statement.act("award.published", body=BODY, release=RELEASE, ocid=OCID, at=AT))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("v", v) for v in (2, "1", 1.0, True, None)],
        *[("type", t) for t in ("award", "Award.published", "award.", ".published", "award published", "", 5, None)],
        *[("ocid", o) for o in ("", "ocds vt", "ñ-1", "x" * 201, 7, None)],
        *[("at", a) for a in ("2026-11-03T16:05:09+00:00", "2026-11-03T16:05:09.5Z", "2026-02-30T00:00:00Z", "", 1)],
        ("at", "2026-11-03T16:05:60Z"),
        *[("prev", p) for p in (-1, 1.0, True, "0", 1 << 60)],
        *[("body", b) for b in ({}, {"sha256": "ab" * 32}, {"sha256": "AB" * 32, "size": 1}, "ab" * 32, None)],
        *[("body", {"sha256": "ab" * 32, "size": s}) for s in (-1, 1.5, "1", True, None)],
        ("body", {"sha256": "ab" * 32, "size": 1, "salt": "cd" * 32}),
        ("release", None),
        ("name", "Someone"),
        ("c", "ab" * 32),
    ],
)
def test_what_the_log_does_not_take(key, value):
    with pytest.raises(StatementError):
        statement.build(GOOD | {key: value})


@pytest.mark.parametrize("key", ["v", "type", "body", "at"])
def test_what_must_be_said(key):
    with pytest.raises(StatementError):
        statement.build({k: v for k, v in GOOD.items() if k != key})


@pytest.mark.parametrize("extra", [{"ocid": OCID}, {"at": "2026-11-03T16:05:09Z"}, {"size": 1}])
def test_nothing_more_is_said_of_an_envelope_or_a_reserved_entry(extra):
    with pytest.raises(StatementError, match="no key is called"):
        statement.build({"v": 1, "type": "sobre", "c": "ef" * 32, "reveal_by": "2027-01"} | extra)
    with pytest.raises(StatementError, match="no key is called"):
        statement.build({"v": 1, "type": "reservado", "body": {"sha256": "ab" * 32}} | extra)
    with pytest.raises(StatementError):
        statement.build({"v": 1, "type": "reservado", "body": {"sha256": "ab" * 32, "size": 5}})
    with pytest.raises(StatementError):
        statement.build({"v": 1, "type": "sobre", "c": "ef" * 32, "reveal_by": "2027-13"})


def test_only_canonical_bytes_are_ours():
    for other in (json.dumps(GOOD), json.dumps(GOOD, sort_keys=True), statement.build(GOOD).decode() + "\n"):
        assert statement.read(other.encode()) == GOOD
        with pytest.raises(StatementError, match="canonical"):
            statement.check(other.encode())


def test_a_reader_ignores_what_it_does_not_know():
    assert statement.read(json.dumps(GOOD | {"later": [1, 2]}).encode())["later"] == [1, 2]


@given(st.binary())
def test_nothing_makes_the_reader_stumble(data):
    try:
        statement.read(data)
    except StatementError:
        pass


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b"{}", b'{"v":1}', b'{"v":true,"type":"a.b"}', b"[" * 100_000])
def test_what_is_no_statement(data):
    with pytest.raises(StatementError):
        statement.read(data)
