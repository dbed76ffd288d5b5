# SPDX-License-Identifier: Apache-2.0
"""D01 to D24, T01 to T03, Q01 to Q12: each passes, fails and is undefined on small tables."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pyarrow as pa
import pytest

from vitrina.insight.quality.declare import State
from vitrina.insight.quality.registry import checks
from vitrina.insight.store import Store, schema
from vitrina.insight.tests.tables import tables

PASS, FAIL, UNDEFINED = State.PASS, State.FAIL, State.UNDEFINED


def answered(code: str, *more, **rows):
    with tables(**rows) as t:
        return checks()[code].run(t, *more)


def many(n: int, **columns):
    """n rows; a column that is a function gets the number of the row."""
    return [{"rid": i, **{k: v(i) if callable(v) else v for k, v in columns.items()}} for i in range(n)]


def coded(column: str, good: str, other: str, n: int = 10):
    """Pass, fail and undefined of a code that must be neither everything nor nothing."""
    mixed = many(n, **{column: lambda i: good if i % 2 else other})
    return mixed, many(n, **{column: good}), many(n)


def amounts(spread: bool):
    return [{"rid": i, "amount": float(i if spread else i % 4), "currency": "MXN"} for i in range(40)]


def heavy(top: float):
    return [{"rid": i, "amount": top if i == 0 else 10.0, "currency": "MXN"} for i in range(100)]


def as_value(rows):
    return [{"rid": row["rid"], "value": row["amount"], "currency": row["currency"]} for row in rows]


OPEN = coded("method", "open", "direct")
CASES = {  # code -> table, (passes, fails, undefined)
    "D01": ("release", (many(10, status=lambda i: "active" if i % 2 else "complete"), many(10, status="active"), [])),
    "D02": ("contract", (amounts(True), amounts(False), [])),
    "D03": ("award", (amounts(True), amounts(False), [])),
    "D04": ("release", (as_value(amounts(True)), as_value(amounts(False)), [])),
    "D05": (
        "release",
        (
            many(1000, buyer_id=lambda i: f"B{i % 100}"),
            many(1000, buyer_id=lambda i: f"B{i}"),
            many(999, buyer_id=lambda i: f"B{i}"),
        ),
    ),
    "D06": (
        "release",
        (many(1000, buyer_id=lambda i: f"B{i % 10}"), many(1000, buyer_id="B"), many(9, buyer_id="B")),
    ),
    "D07": ("release", (as_value(heavy(100.0)), as_value(heavy(9999.0)), as_value(heavy(1.0))[:99])),
    "D08": ("award", (heavy(100.0), heavy(9999.0), heavy(1.0)[:99])),
    "D09": ("contract", (heavy(100.0), heavy(9999.0), heavy(1.0)[:99])),
    "D10": ("release", coded("category", "goods", "works")),
    "D11": ("release", OPEN),
    "D14": ("award", coded("status", "active", "cancelled")),
    "D15": ("contract", coded("status", "terminated", "pending")),
    "D16": ("milestone", coded("status", "met", "scheduled")),
    "D21": ("release", (many(4, tender_id=lambda i: f"t{i}"), many(4, tender_id="t"), many(4))),
    "Q03": (
        "release",
        (many(3, date_s="2026-01-01T00:00:00-06:00"), many(3, date_s="2026-01-01T00:00:00"), many(3)),
    ),
    "Q05": ("release", (many(3, value=1.0, vat_basis="net"), many(3, value=1.0), many(3))),
    "Q06": (
        "org",
        (
            [{"oid": 1, "rfc": "EJE010101AA1"}],
            [{"oid": 1, "rfc": "EJE010101AA0"}],
            [{"oid": 1, "rfc": "XAXX010101000"}],
        ),
    ),
    "Q08": (
        "release",
        (
            many(3, tender_start_day=date(2026, 1, 1)),
            many(3, tender_start_day=date(1900, 1, 1)),
            many(3),
        ),
    ),
    "Q10": ("award_supplier", (many(3, id="S"), many(3, id=None), [])),
    "Q11": (
        "contract",
        (
            many(3, status="active", date_signed=datetime(2026, 1, 1, tzinfo=UTC)),
            many(3, status="active"),
            many(3, status="pending"),
        ),
    ),
}


def with_org(code, rows):
    return [{k: v for k, v in row.items() if k != "rid"} for row in rows] if code == "Q06" else rows


@pytest.mark.parametrize("code", sorted(CASES))
def test_passes_fails_and_is_undefined(code) -> None:
    table, cases = CASES[code]
    found = [answered(code, **{table: with_org(code, rows)}).state for rows in cases]
    assert found == [PASS, FAIL, UNDEFINED]


def test_what_has_no_rule_is_shown_and_never_passes() -> None:
    for code, table, column in (
        ("D12", "release", "award_criteria"),
        ("D13", "release", "submission_method"),
        ("D17", "milestone", "type"),
        ("D19", "related_process", "relationship"),
        ("D20", "document", "type"),
        ("D18", "award", "currency"),
    ):
        found = answered(code, **{table: many(4, **{column: lambda i: "a" if i else "b"})})
        assert (found.state, found.detail["shares"]) == (UNDEFINED, {"a": 0.75, "b": 0.25}), code


def test_repeated_ids_are_shown() -> None:
    rows = [{"rid": n, "ocid": f"x-{n}", "tender_id": "t" if n < 2 else f"u{n}"} for n in range(4)]
    assert answered("D21", release=rows).examples == ((0, "x-0", "tender.id"), (1, "x-1", "tender.id"))


def test_related_processes_are_looked_up_by_ocid() -> None:
    releases = [{"rid": 1, "ocid": "ocds-a-1", "title": "Uno"}, {"rid": 2, "ocid": "ocds-a-2", "title": "Dos"}]

    def link(identifier, title=None):
        return [{"rid": 2, "section": "", "pos": 0, "identifier": identifier, "title": title}]

    def states(code, *links):
        return [answered(code, release=releases, related_process=each).state for each in links]

    assert states("D24", link("ocds-a-1"), link("ocds-a-9"), link("other")) == [PASS, FAIL, UNDEFINED]
    assert states("D23", link("ocds-a-1", "Uno"), link("ocds-a-1", "Otro"), link("ocds-a-1")) == [
        PASS,
        FAIL,
        UNDEFINED,
    ]


def test_addresses_are_asked_only_when_told_to() -> None:
    documents = [{"rid": 1, "url": f"https://ejemplo.mx/{n}"} for n in range(120)]
    rows = {"release": [{"rid": 1, "ocid": "x"}], "document": documents}
    asked = []
    assert answered("D22", None, **rows).state is UNDEFINED
    assert answered("D22", lambda url: not asked.append(url), **rows).state is PASS
    assert len(set(asked)) == 100
    failed = answered("D22", lambda url: url != asked[0], **rows)
    assert (failed.state, failed.detail["failed"]) == (FAIL, 1)
    assert answered("D22", lambda _: True, release=rows["release"], document=documents[:99]).state is UNDEFINED


@contextlib.contextmanager
def older(tmp_path, **rows):
    store = Store.create(tmp_path / "older")
    for name, given in rows.items():
        columns = schema.SCHEMAS[name]
        store.write(
            {name: pa.Table.from_pylist([{c: r.get(c) for c in columns.names} for r in given], schema=columns)}
        )
    store.save()
    yield Store(store.path)


def test_against_an_older_collection(tmp_path) -> None:
    from vitrina.insight.quality.over_time import Older

    before = [{"rid": n, "ocid": f"x-{n}", "tender_id": "t", "title": " Compra  de\tPAPEL"} for n in range(2)]
    now = [{**row, "title": "compra de papel"} for row in before]
    with older(tmp_path, release=before) as store:

        def states(releases):
            with tables(release=releases) as t:
                return [checks()[code].run(t, Older(t, store)).state for code in ("T01", "T02", "T03")]

        assert states(now) == [PASS, PASS, PASS]
        assert states(now[:1]) == [FAIL, FAIL, PASS]
        assert states([now[0], {**now[1], "title": "otra"}]) == [PASS, PASS, FAIL]
        with tables(release=now) as t:
            assert [checks()[code].run(t, None).state for code in ("T01", "T02", "T03")] == [UNDEFINED] * 3


def test_quarantine_and_mended_types_are_shares() -> None:
    with tables(quarantine=[{"source": 0, "line": 1, "reason": "blank"}]) as t:
        t.manifest.sources = [SimpleNamespace(n_read=50)]
        found = checks()["Q01"].run(t)
        assert (found.state, found.detail["reasons"], found.detail["share"]) == (FAIL, {"blank": 1}, 0.02)
        t.manifest.sources = [SimpleNamespace(n_read=200)]
        assert checks()["Q01"].run(t).state is PASS
        t.manifest.sources = []
        assert checks()["Q01"].run(t).state is UNDEFINED
    repair = [{"rid": 1, "path": "awards", "rule": "object_to_list"}]
    assert answered("Q02", release=many(3), repair=repair).detail["paths"] == {"awards object_to_list": 1}
    assert [answered("Q02", release=many(n), repair=repair).state for n in (3, 200, 0)] == [FAIL, PASS, UNDEFINED]


def test_delay_of_publication() -> None:
    def rows(days):
        published = datetime(2026, 1, 1 + days, 12, tzinfo=UTC) if days < 31 else datetime(2026, 3, 1, tzinfo=UTC)
        award = {"rid": 1, "award_no": 0, "date_day": date(2026, 1, 1)}
        return {"release": [{"rid": 1, "ocid": "x", "date": published}], "award": [award]}

    assert [answered("Q04", **each).state for each in (rows(5), rows(40), {})] == [PASS, FAIL, UNDEFINED]
    assert answered("Q04", **rows(5)).detail["median"] == 5


def test_codes_are_looked_up_in_the_catalogue_that_is_given() -> None:
    rows = many(2, main_class="25301")
    assert answered("Q07", frozenset({"25301"}), release=rows).state is PASS
    assert answered("Q07", frozenset({"1"}), release=rows).detail["unknown"] == {"25301": 2}
    assert answered("Q07", None, release=rows).state is UNDEFINED


def test_estimates_that_are_always_met_exactly() -> None:
    def rows(same: int, n: int = 20):
        releases = many(n, buyer_id="B", value_centavos=100, currency="MXN")
        awards = many(n, status="active", currency="MXN", centavos=lambda i: 100 if i < same else 90)
        return {"release": releases, "award": awards}

    assert [answered("Q09", **each).state for each in (rows(4), rows(5), rows(5, 19))] == [PASS, FAIL, UNDEFINED]
    assert answered("Q09", **rows(5)).detail["top"] == [{"buyer": "B", "n": 20, "same": 5}]


def test_the_log_and_the_publication_are_the_same(tmp_path) -> None:
    def file(name, *releases):
        (tmp_path / name).write_text("\n".join(json.dumps(release) for release in releases))
        return [tmp_path / name]

    release = {"ocid": "x", "id": "1", "tender": {"title": "a"}}
    run = checks()["Q12"].run
    log = file("log.jsonl", release)
    assert run(log, file("same.jsonl", dict(reversed(release.items())))).state is PASS
    failed = run(log, file("other.jsonl", {**release, "tender": {"title": "b"}}))
    assert (failed.state, failed.examples) == (FAIL, ((None, "x", "1"),))
    assert run(log, []).state is UNDEFINED
    assert run(log, file("else.jsonl", {**release, "id": "2"})).state is UNDEFINED


def test_all_88_checks_say_what_they_are() -> None:
    codes = list(checks())
    assert len(codes) == 76 + 12
    for check in checks().values():
        words = (check.title, check.rule, check.undefined)
        assert all(text.es and text.en for text in words), check.code
        assert check.version >= 1
        assert check.run.__doc__ or check.code[0] != "R"
