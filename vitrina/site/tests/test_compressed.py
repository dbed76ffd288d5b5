# SPDX-License-Identifier: Apache-2.0
"""Public pages travel compressed; data and pages of a signed-in person as they are."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from vitrina.parties.roles import Role

TAKES_GZIP = {"headers": {"Accept-Encoding": "gzip"}}


@pytest.mark.django_db
def test_a_public_page_is_compressed_and_nothing_else_is() -> None:
    page = Client().get("/compradores/", **TAKES_GZIP)
    assert page["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content).rstrip().endswith(b"</html>")
    assert "Accept-Encoding" in page["Vary"]
    assert "Content-Encoding" not in Client().get("/compradores/")
    assert "Content-Encoding" not in Client().get("/api/feed", **TAKES_GZIP)

    someone = signed_in(world()[Role.OFFICER])
    assert "Content-Encoding" not in someone.get("/compradores/", **TAKES_GZIP)
