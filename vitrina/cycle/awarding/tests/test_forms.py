# SPDX-License-Identifier: Apache-2.0
"""The form of the ruling: the ranking with its figures, reasons filled in, and what it refuses."""

from datetime import timedelta

import pytest

from tests.worlds.awarding import RULED
from tests.worlds.base import local, world
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import reach_opening
from tests.worlds.sending import HUGE, errors_of, form_of
from vitrina.cycle.awarding import queries
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_evaluation(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """A purchase whose three bids were judged."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def form(w, process, data=None, at=RULED):
    return form_of("awarding.issue_ruling", w[Role.APPROVER], process, data or {}, at=at)


def proposed(w, process, at=RULED):
    return {name: field.initial for name, field in form(w, process, at=at).fields.items()}


def test_the_reasons_are_filled_in_and_what_is_written_is_published(w, process):
    data = proposed(w, process)
    assert all(data.values())
    second = list(data)[2]
    sent = form(w, process, data | {second: "Quedó en segundo lugar por su precio."})
    assert sent.is_valid()
    event = sent.run().event
    assert event.lots[0].standings[1].reason == "Quedó en segundo lugar por su precio."


def test_the_ranking_is_shown_with_its_figures(w):
    process = reach_evaluation(w, fails={(n, 0, 1): "Vencido." for n in range(3)})
    (table,) = form(w, process).tables()
    cells = [row["cells"] for row in table["rows"]]
    assert [row["kind"] for row in table["rows"]] == ["first", "", "out"]
    assert [c[1] for c in cells][:2] == ["1", "2"]
    assert [c[3] for c in cells][:2] == ["$0.00", "$2,657,400.00"]
    assert len(dict(form(w, process).facts())) == 2


def test_a_deserted_lot_asks_for_its_reason_only(w):
    process = reach_opening(w, offers={})
    assert list(proposed(w, process)) == ["lot-1"]
    sent = form(w, process, proposed(w, process))
    assert sent.is_valid()
    sent.run()
    assert queries.is_ruled(process)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, HUGE, "al rev\u202ees", "nul\x00"])
def test_a_reason_is_plain_text_and_not_empty(w, process, text):
    data = proposed(w, process)
    name = list(data)[1]
    assert errors_of(form(w, process, data | {name: text})) == {name}


def test_past_the_announced_date_the_form_asks_why(w, process):
    late = local(2020, 10, 27, 12) + timedelta(minutes=1)
    assert "extension_reason" in form(w, process, at=late).fields
    assert "extension_reason" not in form(w, process).fields
    assert "extension_reason" in errors_of(form(w, process, proposed(w, process), at=late))


def test_there_is_no_form_before_the_evaluation(w):
    with pytest.raises(Refused):
        form(w, reach_opening(w))
