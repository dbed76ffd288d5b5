# SPDX-License-Identifier: Apache-2.0
"""Two lots: one contract for each supplier that won, and an end only when all of them are settled."""

import pytest

from tests.worlds.base import world
from tests.worlds.contracting import reach_contracting
from tests.worlds.delivery import deliver_all, noon
from tests.worlds.payment import approve, invoice, pay
from tests.worlds.sending import published
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.payment import queries
from vitrina.ledger.verify import verify

pytestmark = pytest.mark.django_db
ONE_EACH = {0: {1: "51.30", 2: "56.90"}, 1: {1: "54.90", 2: "52.10"}}
BOTH = {0: {1: "54.90", 2: "56.90"}, 1: {1: "51.30", 2: "52.10"}}


def contracts(process):
    rows = Contract.objects.filter(process=process).select_related("process__unit", "process__buyer", "supplier")
    return list(rows.order_by("id"))


def test_a_supplier_that_won_both_lots_has_one_contract_with_both():
    process = reach_contracting(world(), lots=2, offers=BOTH)

    [contract] = contracts(process)
    assert [(line.lot, str(line.amount)) for line in contract.lines.all()] == [(1, "21135600.00"), (2, "104200.00")]
    [compiled] = published(process)["contracts"]
    assert (compiled["awardID"], [i["relatedLot"] for i in compiled["items"]]) == ("1", ["1", "2"])
    assert contract.schedule.count() == 4


def test_the_purchase_is_over_when_the_last_contract_is_settled():
    w = world()
    process = reach_contracting(w, lots=2, offers=ONE_EACH)
    first, second = contracts(process)
    assert {first.supplier_id, second.supplier_id} == {w.suppliers[0].supplier_key, w.suppliers[1].supplier_key}
    deliver_all(w, process)

    assert pay(w, approve(w, invoice(w, first))).kind == "payment.made"
    assert not queries.is_complete(process)
    over = pay(w, approve(w, invoice(w, second)))
    assert (over.kind, over.event.contracts, over.event.awards) == (
        "purchase.completed",
        (first.id, second.id),
        ("1", "2"),
    )
    assert {c["status"] for c in published(process)["contracts"]} == {"terminated"}
    assert Process.objects.get(ocid=process.ocid).halt == "complete"
    assert verify().finding is None


def test_an_inbox_names_each_supplier_its_own_goods_to_invoice():
    w = world()
    process = reach_contracting(w, lots=2, offers=ONE_EACH)
    deliver_all(w, process)

    tasks = queries.tasks(process, noon(contracts(process)[0].ends_on))
    assert [(t.key, t.supplier_key) for t in tasks] == [(c.id, c.supplier_id) for c in contracts(process)]
