# SPDX-License-Identifier: Apache-2.0
"""The forms of the act: they run its commands, and refuse text that minutes cannot hold."""

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import reach_bidding
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, give_keys, hold_act
from tests.worlds.tendering import OPENING
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.opening import commands as opening
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_bidding(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """The purchase whose three envelopes wait for the act."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def form(w, process, name, data=None, at=OPENING, role=Role.OFFICER):
    return FORMS[f"opening.{name}"](data or {}, actor=w[role], process=process, at=at)


def test_the_act_goes_through_its_forms(w, process):
    steps = [("start", Role.OFFICER, {}), ("attend", Role.WITNESS, {}), ("open_bids", Role.OFFICER, {}),
             ("close", Role.OFFICER, {"observations": "El testigo pidió copia."})]  # fmt: skip
    for name, role, data in steps:
        if name == "open_bids":
            give_keys(w, process, at=OPENING)
        sent = form(w, process, name, data, role=role)
        assert sent.facts() is not None
        assert sent.is_valid()
        entry = sent.run()
    assert entry.event.observations == "El testigo pidió copia."


def test_the_form_that_opens_says_what_is_still_missing(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    asked = [len(form(w, process, "open_bids").facts())]
    for role in (Role.OIC, Role.WITNESS):
        give_keys(w, process, at=OPENING, roles=(role,))
        asked.append(len(form(w, process, "open_bids").facts()))
    assert asked == [2, 2, 2]  # the first round, the first round, the second
    give_keys(w, process, at=OPENING, roles=(Role.OIC,))
    assert len(form(w, process, "open_bids").facts()) == 1
    sent = form(w, process, "open_bids")
    assert sent.is_valid() and sent.run().kind == "bids.opened"


@pytest.mark.parametrize("text", ["x" * 4001, "x" * 10_000_000, "al rev\u202ees", "nul\x00"])
def test_what_minutes_cannot_hold(w, process, text):
    process = hold_act(w, process, close=False)
    sent = form(w, process, "close", {"observations": text}, at=CLOSED)
    assert not sent.is_valid()
    assert list(sent.errors) == ["observations"]


@pytest.mark.parametrize("text", ["x" * 4001, "al rev\u202ees"])
def test_the_command_refuses_it_too(w, process, text):
    process = hold_act(w, process, close=False)
    with pytest.raises(Refused) as refused:
        opening.close(w[Role.OFFICER], process.ocid, at=CLOSED, observations=text)
    assert refused.value.codes == ["observations"]
