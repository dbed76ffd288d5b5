# SPDX-License-Identifier: Apache-2.0
"""The acts as Atom, RSS and JSON Feed say the same; search engines find every page, and each says what it is."""

from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime

from django.test import Client
from lxml import etree

from tests.acts.conftest import Told
from vitrina.ledger.models import Record
from vitrina.portal.linked import described, script
from vitrina.portal.models import PurchaseCard

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def test_the_three_feeds_tell_the_same_acts(told: Told) -> None:
    ocid = told.ocids["paid"]
    for atom, rss, feed in ((f"/p/{ocid}.atom", f"/p/{ocid}.rss", f"/p/{ocid}/feed.json"),
                            ("/atom.xml?q=reactivo", "/rss.xml?q=reactivo", "/feed.json?q=reactivo")):  # fmt: skip
        entries = etree.fromstring(Client().get(atom).content).findall(f"{ATOM}entry")
        channel = etree.fromstring(Client().get(rss).content).find("channel")
        answer = Client().get(feed)
        items = channel.findall("item")
        told_in_json = answer.json()
        ids = [e.findtext(f"{ATOM}id") for e in entries]
        assert ids == [i.findtext("guid") for i in items] == [i["id"] for i in told_in_json["items"]] != []
        titles = [e.findtext(f"{ATOM}title") for e in entries]
        assert titles == [i.findtext("title") for i in items] == [i["title"] for i in told_in_json["items"]]
        # what the formats ask for
        assert all(channel.findtext(name) for name in ("title", "link", "description"))
        assert parsedate_to_datetime(items[0].findtext("pubDate")).tzinfo
        assert answer["Content-Type"].startswith("application/feed+json")
        assert told_in_json["version"] == "https://jsonfeed.org/version/1.1"
        assert all(i["content_text"] and i["url"] for i in told_in_json["items"])
        again = Client(headers={"if-none-match": answer["ETag"]})
        assert {again.get(address).status_code for address in (atom, rss, feed)} == {304}
    assert Client().get("/p/none.rss").status_code == 404


def test_the_sitemap_has_every_purchase_and_pages_that_exist(told: Told) -> None:
    def addresses(path: str) -> list[str]:
        content = Client().get(path).getvalue()
        return [loc.text.partition("8000")[2] for loc in etree.fromstring(content).iter(MAP)]

    found = [page for part in addresses("/sitemap.xml") for page in addresses(part)]
    assert {f"/p/{ocid}/" for ocid in PurchaseCard.objects.values_list("ocid", flat=True)} <= set(found)
    assert len(found) == len(set(found))
    for prefix in ("/p/", "/u/", "/s/"):
        assert Client().get(next(p for p in found if p.startswith(prefix))).status_code == 200
    assert {Client().get(p).status_code for p in found if p.count("/") < 3} == {200}
    robots = Client().get("/robots.txt").content.decode()
    assert "Sitemap: " in robots
    assert not [p for p in found for closed in re.findall("Disallow: (.*)", robots) if p.startswith(closed)]
    for wrong in (
        "/sitemap-compras-0.xml",
        "/sitemap-compras-9.xml",
        "/sitemap-x-1.xml",
        "/sitemap-compras-99999999.xml",
    ):
        assert Client().get(wrong).status_code == 404


def test_a_purchase_says_to_search_engines_what_it_is(told: Told) -> None:
    compiled = Record.objects.get(ocid=told.ocids["paid"]).compiled
    page = Client().get(f"/p/{compiled['ocid']}/").content.decode()
    told_there = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert told_there["@type"] == "Dataset"
    assert told_there["name"] == compiled["tender"]["title"]
    assert told_there["creator"]["name"] == compiled["buyer"]["name"]
    for file in told_there["distribution"]:
        assert Client().get(file["contentUrl"].partition("8000")[2]).status_code == 200
    hostile = described({"ocid": "x", "tender": {"title": "</script><script>alert(1)</script>\u2028"}}, "")
    assert "<" not in script(hostile)
    assert json.loads(script(hostile))["name"] == "</script><script>alert(1)</script>\u2028"
