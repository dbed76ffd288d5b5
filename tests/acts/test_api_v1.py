# SPDX-License-Identifier: Apache-2.0
"""`/api/v1/`: every list to its end, cursors that explain themselves, errors in two languages, the first API as it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from tests.acts.conftest import Told
from vitrina.api.v1.assembled import api
from vitrina.api.v1.search import PLACES
from vitrina.parties.models import Unit
from vitrina.portal.models import PurchaseCard, ScheduledAct, SupplierCard
from vitrina.profiles import making
from vitrina.profiles.tests.stores import told_store
from vitrina.search import national
from vitrina.search.tests.stores import small_store

LISTS = ("search", "contracts", "purchases", "calendar", "units")


@pytest.fixture
def contracts(tmp_path, settings: Any) -> None:
    """A small store of contracts behind the search, in a folder of this test's own."""
    settings.SEARCH_DIR = tmp_path / "search"
    national.load(small_store(tmp_path / "store", more=9), settings.SEARCH_DIR)


def pages(address: str) -> Iterator[dict]:
    """Every page of a list, by the `next` that each gives."""
    while address:
        answer = Client().get(address)
        assert answer.status_code == 200, (address, answer.content)
        page = answer.json()
        link = answer.headers.get("Link", "")
        assert link == (f'<{page["next"]}>; rel="next"' if page["next"] else "")
        yield page
        address = (page["next"] or "").removeprefix("http://127.0.0.1:8000")


def walked(address: str, key: str) -> list:
    return [row[key] for page in pages(address) for row in page["results"]]


def test_a_walk_brings_every_row_once(told: Told, contracts: None) -> None:
    """The same rows by two, by seven, and by as many as there are, in the same order."""
    everything = {
        "purchases": ("ocid", PurchaseCard.objects.count()), "suppliers": ("key", SupplierCard.objects.count()),
        "units": ("key", Unit.objects.count()), "calendar": ("uid", ScheduledAct.objects.count()),
        "contracts": ("id", 13), "contracts?order=amount&place=Coahuila": ("id", 13), "search": ("id", PurchaseCard.objects.count() + 13),
        "search?q=medicina&order=recent": ("id", None), "search?q=reactivo": ("id", None),
        "search?order=amount&year=2019&year=2020": ("id", None),
    }  # fmt: skip
    for name, (key, n) in everything.items():
        address = f"/api/v1/{name}{'&' if '?' in name else '?'}limit="
        whole = walked(f"{address}200", key)
        assert len(set(whole)) == len(whole) > 0, name
        assert n in {None, len(whole)}, name
        assert walked(f"{address}7", key) == whole, name
    assert walked("/api/v1/purchases?limit=2", "position") == sorted(
        PurchaseCard.objects.values_list("last_position", flat=True)
    )
    newest = max(walked("/api/v1/purchases", "position"))
    assert walked(f"/api/v1/purchases?since={newest - 1}", "position") == [newest]
    assert walked(f"/api/v1/purchases?since={newest}", "position") == []


def test_the_search_is_that_of_the_pages(told: Told, contracts: None) -> None:
    for query in ("", "q=reactibo", "q=medicina&place=Coahuila", "status=complete&order=recent"):
        page, answer = (Client().get(f"{path}?{query}&format=json").json() for path in ("/buscar", "/api/v1/search"))
        for name in (
            "q",
            "filters",
            "order",
            "total",
            "contracted",
            "corrected",
            "suggested",
            "also",
            "facets",
            "results",
        ):
            assert answer[name] == page[name], (query, name)


def test_a_scorecard_is_that_of_its_page_and_a_flag_tells_how_often_it_is_raised(
    told: Told, tmp_path: Any, settings: Any
) -> None:
    assert Client().get("/api/v1/scorecards/buyer").status_code == 404
    settings.SEARCH_DIR = tmp_path / "search"
    making.load(told_store(tmp_path / "store"), settings.SEARCH_DIR)
    for kind, n in (("buyer", 2), ("unit", 3), ("place", 3), ("market", None)):
        rows = [row for page in pages(f"/api/v1/scorecards/{kind}?limit=1") for row in page["results"]]
        assert n in {None, len(rows)} and rows, kind
        for row in rows:
            one = Client().get(f"/api/v1/scorecards/{kind}/{quote(row['key'])}").json()
            assert (one["key"], one["figures"]["n"]) == (row["key"], row["contracts"])
    page = Client().get("/u/MX-INST-011/?format=json").json()["history"]
    assert Client().get("/api/v1/scorecards/buyer/MX-INST-011").json() == page
    assert Client().get("/api/v1/country").json()["figures"]["n"] == sum(
        row["contracts"] for page in pages("/api/v1/scorecards/buyer") for row in page["results"]
    )
    rate = Client().get("/api/v1/flags/R018").json()["base_rate"]
    assert rate["flagged"] == 4
    assert rate["share"] == round(4 / rate["judged"], 6)
    flagged = next(
        row["id"] for row in next(pages("/api/v1/contracts?limit=200"))["results"] if row["ocid"] == "ocds-y-0"
    )
    assert [one["rule"]["code"] for one in Client().get(f"/api/v1/contracts/{flagged}").json()["flags"]] == ["R018"]


def test_a_cursor_that_does_not_fit_is_explained(told: Told, contracts: None) -> None:
    """Nonsense, one that was cut, one of another list, of other filters, of another order, one that was made up."""

    def made_up(*place: object) -> str:
        return base64.urlsafe_b64encode(json.dumps([1, "0" * 12, *place]).encode()).rstrip(b"=").decode()

    def forged(cursor: str, *place: object) -> str:
        token = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return base64.urlsafe_b64encode(json.dumps([*token[:2], *place]).encode()).rstrip(b"=").decode()

    first = {name: next(pages(f"/api/v1/{name}?limit=1"))["next_cursor"] for name in LISTS}
    strange = [
        ("purchases", "x"), ("purchases", "é"), ("search", "%%%"), ("contracts", first["contracts"][:-3]), ("calendar", "A" * 900),
        ("purchases", forged(first["purchases"], None, "a")), ("purchases", forged(first["purchases"], 1, "a\x00")),
        ("purchases", forged(first["purchases"], 1)), ("purchases", forged(first["purchases"], 2**63, "a")),
        ("purchases", forged(first["purchases"], 1.5, "a")), ("purchases", forged(first["purchases"], True, "a")),
        ("calendar", forged(first["calendar"], "yesterday", "a")), ("calendar", forged(first["calendar"], "2020-01-01T00:00:00", "a")),
        ("search", forged(first["search"], None)), ("search", forged(first["search"], [1])),
    ]  # fmt: skip
    other = [
        ("contracts", first["search"]), ("units", first["purchases"]), ("purchases?unit=X", first["purchases"]),
        ("search?order=amount", first["search"]), ("search?q=vih", first["search"]), ("suppliers", made_up("a")),
    ]  # fmt: skip
    for code, asked in (("bad_cursor", strange), ("cursor_of_another_list", other)):
        for name, cursor in asked:
            path, _, query = name.partition("?")
            answer = Client().get(f"/api/v1/{path}?{query}&{urlencode({'cursor': cursor})}")
            assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), (name, cursor)
            assert answer.json()["code"] == code, (name, cursor)
    told_es, told_en = (
        Client(headers={"accept-language": lang}).get("/api/v1/purchases?cursor=x").json()["detail"]
        for lang in ("es-MX", "en-GB, es;q=0.4")
    )
    assert "cursor" in told_es
    assert "next_cursor" in told_en
    assert told_es != told_en
    deep = forged(next(pages("/api/v1/search?q=bacheo&order=best&limit=1"))["next_cursor"], 10**9)
    assert Client().get(f"/api/v1/search?q=bacheo&order=best&limit=1&cursor={deep}").json()["results"] == []
    assert set(PLACES) == {"best", "recent", "amount"}


def test_every_answer_has_its_envelope(told: Told) -> None:
    """Version, language, origin; nothing changed is 304; every error is a problem document, whoever raised it."""
    client, ocid = Client(), told.ocids["paid"]
    release = client.get("/api/ocds/releases?limit=1").json()["releases"][0]["id"]
    for path in ("purchases", f"purchases/{ocid}", f"ocds/records/{ocid}", f"ocds/releases/{release}", "feed", "flags/R018",
                 "openapi.json", "downloads", "search?q=vih"):  # fmt: skip
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, path
        assert answer["Access-Control-Allow-Origin"] == "*"
        etag = answer["ETag"]
        for sent in (etag, f'"other", W/{etag}', "*"):
            again = Client(headers={"if-none-match": sent}).get(f"/api/v1/{path}")
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag), (path, sent)
        assert client.head(f"/api/v1/{path}")["ETag"] == etag
    preflight = client.options("/api/v1/feed")
    assert (preflight.status_code, preflight["Access-Control-Allow-Headers"]) == (
        204,
        "If-None-Match, Accept-Language",
    )
    for method, path, status in (
        ("get", "nothing", 404), ("get", "", 404), ("post", "feed", 405), ("delete", "purchases", 405), ("get", "purchases/%00", 404),
        ("get", "purchases/none", 404), ("get", "units/none", 404), ("get", "buyers/none", 404), ("get", "suppliers/none", 404),
        ("get", "contracts/none/at/all", 404), ("get", "flags/R999", 404), ("get", "flags/X", 400), ("get", "search?year=20", 400),
        ("get", "search?limit=0", 400), ("get", "calendar?from=monday", 400), ("get", f"purchases/{'9' * 121}", 400),
        ("get", "search?order=worst", 400), ("get", "purchases?since=-1", 400), ("get", f"purchases?since={2**63}", 400),
    ):  # fmt: skip
        answer = getattr(client, method)(f"/api/v1/{path}")
        assert answer.status_code == status, (path, answer.content)
        assert answer["Content-Type"] == "application/problem+json", path
        assert answer["Content-Language"] == "es"
        assert answer.json()["status"] == status
    assert client.post("/api/v1/feed")["Allow"] == "GET"
    assert client.get("/api/v1/search?limit=0&year=20").json()["errors"] == [
        {"parameter": "year", "problem": "debe tener la forma ^[0-9]{4}$"},
        {"parameter": "limit", "problem": "se espera 1 o más"},
    ]


def test_the_first_api_keeps_its_bytes(told: Told) -> None:
    """One implementation at both addresses; the first keeps its four paths, its description and its English."""
    client, ocid = Client(), told.ocids["paid"]
    release = client.get("/api/ocds/releases?limit=1").json()["releases"][0]["id"]
    for path in ("feed?after=3&limit=5", "ocds/releases?limit=3", f"ocds/releases/{release}", f"ocds/records/{ocid}"):
        first, versioned = (client.get(f"/api/{v}{path}") for v in ("", "v1/"))
        assert first.status_code == 200
        assert first.content == versioned.content.replace(b"/api/v1/", b"/api/"), path
    assert set(client.get("/api/openapi.json").json()["paths"]) == {
        "/api/feed", "/api/ocds/releases", "/api/ocds/releases/{release_id}", "/api/ocds/records/{ocid}",
    }  # fmt: skip
    german = Client(headers={"accept-language": "es"})
    assert german.get("/api/ocds/records/x").json() == {
        "type": "about:blank", "title": "Not found", "status": 404,
        "detail": "No process has the ocid x. Look it up in /api/ocds/releases.",
    }  # fmt: skip
    assert german.get("/api/v1/ocds/records/x").json()["title"] == "No se encontró"
    assert "410" in api.get_openapi_schema()["paths"]["/api/v1/ocds/releases/{release_id}"]["get"]["responses"]
