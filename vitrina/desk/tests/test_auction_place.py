# SPDX-License-Identifier: Apache-2.0
"""A bidder's own place in an auction, as the server draws it."""

import re

from django.test import Client

from tests.worlds.auction import reach_auction
from tests.worlds.base import world
from vitrina.parties.models import Person


def test_when_it_is_over_the_place_tells_how_it_ended_and_offers_nothing(db):
    w = world()
    process = reach_auction(w)
    client = Client()
    client.force_login(Person.objects.get(pk=w.suppliers[0].person_id).user)
    page = client.get(f"/mi-espacio/compra/{process.ocid}/subasta/1/").content.decode()
    assert "La subasta terminó: quedó en primer lugar." in page
    assert set(re.findall(r'data-own="(\w+)"', page)) == {"alias", "amount"}
    assert re.search(r"data-without hidden", page)
    assert "Dejar un piso" not in page
