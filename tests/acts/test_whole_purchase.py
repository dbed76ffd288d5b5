# SPDX-License-Identifier: Apache-2.0
"""Every story of a purchase, in every form in which the public takes it: they all say the same."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import ocdsmerge
import pytest
import rfc8785
from django.test import Client

from tests.acts import pdf
from tests.acts.conftest import Told
from tests.acts.shown import pesos, should_show, shown
from tests.acts.stops import STOPS
from tests.acts.stories import STORIES
from tests.shared import assert_valid_release, shared
from vitrina.cycle.awarding.recomputing import recompute
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Position, Record, Release
from vitrina.ledger.projections import rebuild
from vitrina.ledger.verify import verify
from vitrina.site.auction_cli import own_entries

# What ocds_budget_breakdown_extension adds where its copy is not beside the repository.
BREAKDOWN = {
    "definitions": {
        "Budget": {
            "properties": {"budgetBreakdown": {"type": "array", "items": {"$ref": "#/definitions/BudgetBreakdown"}}}
        },
        "BudgetBreakdown": {"type": "object", "properties": {"id": {"type": ["string", "integer"]}}},
    }
}


def releases_of(ocid: str) -> list[dict[str, Any]]:
    bodies = Release.objects.filter(ocid=ocid).order_by("position").values_list("body", flat=True)
    return [json.loads(body) for body in bodies]


def patched(schema: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396), by which an extension changes the schema."""
    if not isinstance(patch, dict):
        return patch
    base = schema if isinstance(schema, dict) else {}
    changed = {k: patched(base.get(k), v) for k, v in patch.items() if v is not None}
    return {k: v for k, v in base.items() if k not in patch} | changed


def official_schema() -> dict[str, Any]:
    """The release schema with every extension of the national profile that the package declares."""
    schema = json.loads(shared("specs/ocds/release-schema.json").read_text(encoding="utf-8"))
    from vitrina.ledger.releases import EXTENSIONS

    schema = patched(schema, BREAKDOWN)
    names = {url.split("/")[4] for url in EXTENSIONS}
    for path in sorted(shared("specs/edca-mx/extensions").glob("*/release-schema.json")):
        if path.parent.name in names:
            schema = patched(schema, json.loads(path.read_text(encoding="utf-8")))
    return schema


@pytest.mark.parametrize("story", STORIES)
def test_every_release_and_the_record_package_are_valid(told: Told, story: str) -> None:
    ocid = told.ocids[story]
    releases = releases_of(ocid)
    assert releases
    for release in releases:
        assert_valid_release(release)
    package = Client().get(f"/api/ocds/records/{ocid}").json()
    found = package_validator().iter_errors(package)
    assert not [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in found]
    assert package["records"][0]["releases"] == releases
    assert package["records"][0]["compiledRelease"] == Record.objects.get(ocid=ocid).compiled


@functools.cache
def package_validator() -> Any:
    schema = json.loads(shared("specs/ocds/record-package-schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, retriever=_official)


def _official(uri: str) -> Any:
    """Schemas that the record package refers to, from the copies beside the repository."""
    return json.loads(shared(f"specs/ocds/{uri.rstrip('/').rsplit('/', 1)[-1]}").read_text(encoding="utf-8"))


@pytest.mark.parametrize("story", STORIES)
def test_the_official_merge_of_the_releases_is_our_record(told: Told, story: str) -> None:
    ocid = told.ocids[story]
    ours = Record.objects.get(ocid=ocid).compiled
    theirs = ocdsmerge.Merger(official_schema()).create_compiled_release(releases_of(ocid))
    assert ours == theirs


@pytest.mark.parametrize("story", STORIES)
def test_the_page_shows_the_compiled_record(told: Told, story: str) -> None:
    ocid = told.ocids[story]
    compiled = Client().get(f"/p/{ocid}.json").json()
    page = Client().get(f"/p/{ocid}/", headers={"accept-language": "es"}).content.decode()
    seen, due = shown(page), should_show(compiled)
    for name, value in due.items():
        assert seen[name] == value, name
    awarded = [a for a in compiled.get("awards", []) if a["status"] == "active"]
    for award in awarded:
        assert all(s["name"] in page for s in award["suppliers"])
        assert any(award["rationale"] in reason for reason in seen["reasons"])
    contracts = [c for c in compiled.get("contracts", []) if "value" in c]
    settled = contracts or awarded
    if settled:
        total = sum(round(c["value"]["amount"] * 100) for c in settled)
        assert pesos({"amount": total / 100}) in page
    paid = sum(
        round(t["value"]["amount"] * 100)
        for c in compiled.get("contracts", []) for t in c.get("implementation", {}).get("transactions", [])
    )  # fmt: skip
    assert not paid or pesos({"amount": paid / 100}) in page
    # the acts of the page are the public entries of the feed, in its order
    own = [e for e in whole_feed() if e.get("stream") == f"ocid:{ocid}"]
    assert [n for n, _sentence in seen["acts"]] == [e["position"] for e in own]


def whole_feed() -> Iterator[dict[str, Any]]:
    """Every statement of the feed, page after page."""
    after = 0
    while entries := (page := feed.page(after, 1000))["entries"]:
        yield from entries
        after = page["next"]


def test_the_stories_are_told_apart(told: Told) -> None:
    """What went another way shows: in the status, in the lots, in the bids that count."""
    compiled = {story: Record.objects.get(ocid=ocid).compiled for story, ocid in told.ocids.items()}
    status = {story: c["tender"].get("status") for story, c in compiled.items()}
    assert status["cancelled"] == status["line withdrawn"] == "cancelled"
    assert status["deserted"] == status["nobody solvent"] == "unsuccessful"
    assert status["paid"] == "complete"
    assert [a["status"] for a in compiled["one lot deserted"]["awards"]] == ["active", "unsuccessful"]
    late = compiled["bid withdrawn, another late"]
    opened = [b for b in late["bids"]["details"] if "value" in b]
    assert sorted(b["value"]["amount"] for b in opened) == [412000 * 50.1, 412000 * 51.3]
    assert {b["status"] for b in late["bids"]["details"] if b not in opened} == {"withdrawn"}
    assert len(late["bids"]["details"]) == 5  # one replaced, one withdrawn, one late
    failed = [b["status"] for b in compiled["one not opened"]["bids"]["details"] if "value" not in b]
    assert sorted(failed) == ["disqualified", "withdrawn"]
    assert "bids" not in compiled["cancelled"]
    assert [len(compiled["paid in two lots, half of it late"][k]) for k in ("awards", "contracts")] == [2, 2]
    assert [i["description"] for i in compiled["line changed"]["tender"]["items"] if i["quantity"]] == ["Reactivo"]
    (budget,) = compiled["line changed"]["planning"]["budget"]["budgetBreakdown"]
    assert (budget["amount"]["amount"], [line["id"] for line in budget["budgetLines"]]) == (20000000, ["25901"])


def test_a_copy_of_the_feed_is_the_ledger(told: Told) -> None:
    client, after, copy = Client(), 0, []
    while True:
        page = client.get(f"/api/feed?after={after}&limit=97").json()
        if not page["entries"]:
            break
        copy += page["entries"]
        after = page["next"]
    rows = Position.objects.select_related("entry").order_by("position")
    assert [e["position"] for e in copy] == list(range(1, Entry.objects.count() + 1))
    assert [e["digest"] for e in copy] == [r.entry.digest for r in rows]
    heads: dict[str, str] = {}
    for statement, row in zip(copy, rows, strict=True):
        if not row.entry.is_public:
            assert set(statement) == {"position", "visibility", "digest"}
            continue
        # whoever has the copy can recompute every digest from it
        body = rfc8785.dumps(statement["body"])
        header = {k: v for k, v in statement.items() if k not in {"position", "digest"}}
        header["body"] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        assert hashlib.sha256(rfc8785.dumps(header)).hexdigest() == statement["digest"]
        if statement["stream"].startswith("ocid:"):  # no secret act stands between two public ones
            assert statement["previous"] == heads.get(statement["stream"], "")
        heads[statement["stream"]] = statement["digest"]


def test_the_ledger_holds_and_the_projections_can_be_made_again(told: Told) -> None:
    assert verify().finding is None
    for table, (before, after) in rebuild().items():
        assert before == after, table


def test_every_ruling_is_computed_again_from_the_ledger_alone(told: Told) -> None:
    found = {story: recompute(own_entries(ocid)) for story, ocid in told.ocids.items()}
    assert not {story: one.findings for story, one in found.items() if one and one.findings}
    assert len([story for story, one in found.items() if one]) > 15


def test_every_kind_of_public_act_has_its_paper(told: Told) -> None:
    """One act of each kind; the story with most of them first, and of the others what it lacks."""
    client, chosen = Client(), {}
    for story in ("paid in two lots, half of it late", *STOPS, *STORIES):
        rows = Position.objects.filter(entry__stream=f"ocid:{told.ocids[story]}").select_related("entry")
        for row in rows.order_by("position"):
            chosen.setdefault(row.entry.kind, row)
    assert len(chosen) > 35
    for row in chosen.values():
        response = client.get(f"/actos/{row.position}.pdf")
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        paper = pdf.read(response.content)
        assert paper.pages >= 1
        assert pdf.flat(row.entry.event.sentence()) in paper.text, row.entry.kind
        assert row.entry.digest in paper.text
        assert client.get(f"/actos/{row.position}.pdf").content == response.content, "not the same bytes twice"


def test_a_blinded_act_has_no_paper(told: Told) -> None:
    blinded = Position.objects.filter(entry__visibility="blinded").values_list("position", flat=True)
    assert blinded
    assert {Client().get(f"/actos/{n}.pdf").status_code for n in blinded[:5]} == {404}
