# SPDX-License-Identifier: Apache-2.0
"""The form of a bid: what it asks, what it makes of the answers, and bad input in every shape."""

from datetime import timedelta

import pytest
from django.utils.datastructures import MultiValueDict

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, pdf
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding.models import Bid, Envelope
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS

pytestmark = pytest.mark.django_db
GOOD = {"price_1": "51.30", "response_1": "Sí", "response_2": "Sí", "response_3": "Sí", "statement": "on"}


@pytest.fixture
def w():
    return world()


def form(w, process, data, files=(), name="bidding.submit", at=RECEIVED):
    return FORMS[name](data, MultiValueDict({"documents": list(files)}), actor=w.suppliers[0], process=process, at=at)


def test_a_filled_form_hands_in_a_bid_with_its_documents(w):
    process = reach_clarifying(w)
    sent = form(w, process, GOOD | {"price_1": "1,051.30"}, [pdf("uno"), pdf("dos")])
    assert sent.is_valid(), sent.errors
    assert sent.run().kind == "bid.received"
    content = Envelope.objects.get().content
    assert '"prices":{"1":"1051.30"}' in content
    assert content.count("submissionDocuments") == 2


def test_with_several_lots_one_may_stay_empty(w):
    process = reach_clarifying(w, lots=2)
    sent = form(w, process, GOOD | {"price_1": "", "price_2": "9.90"})
    assert sent.is_valid(), sent.errors
    sent.run()
    assert '"lots":[2]' in Envelope.objects.get().content


@pytest.mark.parametrize(
    "price",
    [
        "",
        "abc",
        "0",
        "-5",
        "51.301",
        "51,30",
        "1e309",
        "1e3",
        "NaN",
        "Infinity",
        "١٢٣",
        "５１",
        "9" * 13,
        "5" * 10_000_000,
    ],
)
def test_what_is_no_price(w, price):
    sent = form(w, reach_clarifying(w), GOOD | {"price_1": price})
    assert not sent.is_valid()
    assert list(sent.errors) == ["price_1"]
    assert all(len(text) < 300 for text in sent.errors["price_1"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("response_1", ""), ("response_1", "x" * 10_000_000), ("response_1", "al rev\u202ees"), ("response_1", "nul\x00"),
     ("statement", "")],
)  # fmt: skip
def test_what_is_no_answer(w, field, value):
    sent = form(w, reach_clarifying(w), GOOD | {field: value})
    assert not sent.is_valid()
    assert list(sent.errors) == [field]


def test_fields_that_the_form_does_not_have_change_nothing(w):
    process = reach_clarifying(w)
    sent = form(
        w, process, GOOD | {"price_9": "1.00", "state": "opened", "received_at": "2020-01-01", "supplier": "x"}
    )
    assert sent.is_valid()
    sent.run()
    found = Bid.objects.get()
    assert (found.state, found.supplier_id, found.received_at) == ("received", w.suppliers[0].supplier_key, RECEIVED)


def test_a_form_opened_in_time_and_sent_late_is_refused_with_a_receipt(w):
    process = reach_clarifying(w)
    sent = form(w, process, GOOD, at=OPENING + timedelta(milliseconds=1))
    assert sent.is_valid()
    assert sent.run().kind == "bid.refused_late"


def test_only_a_bid_that_stands_can_be_withdrawn(w):
    process = reach_clarifying(w)
    with pytest.raises(Refused) as refused:
        form(w, process, {}, name="bidding.withdraw")
    assert refused.value.codes == ["no-bid"]

    bid(w, process, 0, "54.90", at=RECEIVED)
    sent = form(w, process, {}, name="bidding.withdraw")
    assert sent.is_valid()
    assert sent.run().kind == "bid.withdrawn"


def test_the_form_shows_the_bid_that_stands_but_never_what_it_says(w):
    process = reach_clarifying(w)
    bid(w, process, 0, "54.90", at=RECEIVED)
    facts = FORMS["bidding.submit"](actor=w.suppliers[0], process=process, at=RECEIVED).facts()
    assert len(facts) == 3
    assert "54.90" not in str(facts)
