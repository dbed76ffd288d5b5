# SPDX-License-Identifier: Apache-2.0
"""A supplier bids at the desk: form, files, receipt; late and replayed forms end in a receipt too."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, pdf
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding.models import Bid
from vitrina.parties.models import Person

pytestmark = pytest.mark.django_db
FILLED = {"price_1": "51.30", "response_1": "Sí", "response_2": "Sí", "response_3": "Sí", "statement": "on"}


@pytest.fixture
def process(clock):
    clock.set(RECEIVED)
    return reach_clarifying(world())


@pytest.fixture
def client(process):
    person = Person.objects.get(appointments__supplier="reactivos-valle-hondo")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person.user_id))
    return client


def address(process, command="bidding.submit"):
    return f"/mi-espacio/compra/{process.ocid}/{command}/"


def test_a_bid_goes_from_the_form_to_its_receipt(client, process):
    page = client.get(address(process))
    assert page.status_code == 200
    text = page.content.decode()
    assert "multipart/form-data" in text
    assert re.search(r'<input[^>]*type="file"[^>]*multiple', text)

    def send():
        return client.post(address(process), FILLED | {"token": "a" * 32, "documents": [pdf("uno"), pdf("dos")]})

    response = send()
    assert response.status_code == 302, response.content.decode()
    receipt = client.get(response["Location"]).content.decode()
    found = Bid.objects.get()
    assert found.digest in receipt
    assert "51.30" not in receipt

    assert send()["Location"] == response["Location"]
    assert Bid.objects.count() == 1


def test_a_late_form_ends_in_a_receipt_with_both_instants(client, process, clock):
    clock.set(OPENING)
    response = client.post(address(process), FILLED | {"token": "b" * 32})
    receipt = client.get(response["Location"]).content.decode()
    assert "2020-10-13 11:00:00.000" in receipt
    assert Bid.objects.get().state == "refused"


def test_a_form_with_an_error_keeps_what_was_typed(client, process):
    response = client.post(address(process), FILLED | {"price_1": "cincuenta", "token": "c" * 32})
    assert response.status_code == 422
    assert 'value="cincuenta"' in response.content.decode()
    assert not Bid.objects.exists()


def test_withdrawing_is_reviewed_and_then_done(client, process):
    assert client.get(address(process, "bidding.withdraw")).status_code == 409
    client.post(address(process), FILLED | {"token": "d" * 32})
    url = address(process, "bidding.withdraw")
    assert client.post(url, {"token": "e" * 32}).status_code == 200  # the review
    assert Bid.objects.get().state == "received"
    assert client.post(url, {"token": "e" * 32, "confirm": "1"}).status_code == 302
    assert Bid.objects.get().state == "withdrawn"
