# SPDX-License-Identifier: Apache-2.0
"""Where the money is: every step adds up to the next in every story, a figure is the sum of its acts, late is late."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.test import Client

from tests.acts.conftest import Told
from tests.acts.desk import hour_of, process_of
from tests.acts.stops import STOPS
from tests.acts.stories import STORIES
from tests.fixtures.time import Clock
from tests.worlds.base import local
from tests.worlds.once import rolled_back
from vitrina.parties.models import Supplier
from vitrina.portal.funds import postings as p
from vitrina.portal.funds import words
from vitrina.portal.funds.models import Due, Posting
from vitrina.portal.funds.projection import flow_of
from vitrina.portal.funds.queries import Scope, funds
from vitrina.portal.funds.statement import statement
from vitrina.portal.funds.works import works
from vitrina.redress import commands as redress
from vitrina.redress.events import SanctionRef


def test_each_step_less_its_lines_is_the_next_and_the_projection_is_the_fold(told: Told, clock: Clock) -> None:
    now = hour_of(process_of(told, "paid")) + timedelta(days=400)
    for ocid in (told.ocids[story] for story in (*STORIES, *STOPS)):
        found = funds(Scope(compra=ocid), now)
        flow = flow_of(ocid, 10**12)
        assert {name: found[name] for name in p.ACCOUNTS} == {name: flow.sum(name) for name in p.ACCOUNTS}
        assert Posting.objects.filter(purchase=ocid).count() == len(flow.moved)
        assert Due.objects.filter(purchase=ocid).count() == len(flow.owed())
        running = None
        for line in statement(found):
            if line.is_step and running is not None:
                assert line.centavos == running, (ocid, line)
            running = line.centavos if line.is_step else running + line.centavos


def test_a_figure_leads_to_acts_that_add_up_to_it(told: Told, clock: Clock) -> None:
    process = process_of(told, "paid in two lots, half of it late")
    clock.set(hour_of(process))
    found = funds(Scope(compra=process.ocid), hour_of(process))
    assert 0 < found[p.KEPT] == found[p.PENALTY] and found[p.PAID] == found.invoiced_with_vat - found[p.KEPT]
    for key in ("accepted", "kept", "paid"):
        path = f"/recursos/actos.csv?compra={process.ocid}&linea={key}"
        rows = list(csv.DictReader(io.StringIO(b"".join(Client().get(path).streaming_content).decode())))
        assert sum(Decimal(row["amount"]) for row in rows) == Decimal(found[key]).scaleb(-2)
        page = Client().get(f"/recursos/{key}/?compra={process.ocid}").content.decode()
        assert all(f"/actos/{row['position']}/" in page for row in rows)


def test_what_is_owed_is_late_the_second_after_its_term(told: Told) -> None:
    ocid = told.ocids["contracted"]
    last = Due.objects.filter(purchase=ocid, kind=p.GOODS).order_by("closes_at").last()
    assert last is not None and last.closes_at is not None
    before, after = (funds(Scope(compra=ocid), last.closes_at + timedelta(seconds=n)) for n in (0, 1))
    assert after.late - before.late == last.centavos and after.late == after[p.COMMITTED]
    law = Due.objects.get(purchase=told.ocids["verified"], kind=p.PAYMENT)
    assert law.due_on and law.article and law.certainty


def test_a_work_says_what_is_planned_done_and_paid_with_what_it_is_made_of(told: Told, clock: Clock) -> None:
    process = process_of(told, "progress reported")
    clock.set(hour_of(process))
    (one,) = (work for work in works(hour_of(process)) if work.contract.purchase_id == process.ocid)
    assert (one.spi, one.gap, one.is_behind) == (Fraction(1), Fraction(-1, 2), False)
    page = Client().get(f"/obras/{one.contract.id}/").content.decode()
    assert f"{words.ratio(one.spi)} = {words.points(one.actual, 2)} ÷ {words.points(one.planned, 2)}" in page
    assert "25.6714" in page


def test_a_supplier_page_tells_its_deliveries_guarantees_and_dated_sanctions(told: Told, clock: Clock) -> None:
    process = process_of(told, "paid in two lots, half of it late")
    contract = process.contracts.select_related("supplier").first()
    mine, other = contract.supplier, Supplier.objects.exclude(pk=contract.supplier_id).first()
    clock.set(hour_of(process))
    with rolled_back():
        for key, who in (("S-1", mine), ("S-2", mine), ("S-3", other)):
            redress.publish(sanction(key, who.name, who.rfc), at=local(2020, 5, 1))
        redress.withdraw("S-2", at=local(2020, 6, 1), reason="Se anuló.")
        page = Client().get(f"/s/{mine.key}/").content.decode().replace("\u00a0", " ")
    assert "Incumplió S-1" in page and "1 de abril de 2022" in page
    assert "Incumplió S-2" in page and "1 de junio de 2020" in page
    assert "Incumplió S-3" not in page
    assert "10 días naturales" in page  # its longest delay
    assert "Peñón Blanco" in page  # its guarantor


def sanction(key: str, name: str, rfc: str) -> SanctionRef:
    return SanctionRef(
        id=key, name=name, rfc=rfc, person="M", institution="050GYR", institution_name="Instituto",
        authority="Secretaría", file="SAN/1/2020", fault="Faltas", cause=f"Incumplió {key}", kinds=("I",),
        resolved_on=date(2020, 3, 2), firm_on=date(2020, 4, 1), debarred_from=date(2020, 4, 2),
        debarred_until=date(2022, 4, 1),
    )  # fmt: skip
