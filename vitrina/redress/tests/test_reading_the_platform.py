# SPDX-License-Identifier: Apache-2.0
"""A service of the platform is read whole, as a client of it: here our own, page by page, with a token that runs out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from tests.worlds.base import world
from tests.worlds.once import built_once, rolled_back
from vitrina.insight.lists import fetch
from vitrina.insight.lists.add import add
from vitrina.insight.store import Store
from vitrina.redress import commands

from .test_sanctions import AT, sanction

whole = built_once(world)


@pytest.fixture
def w(whole: Any, clock: Any) -> Any:
    clock.set(AT)
    with rolled_back():
        yield whole


def to_our_site(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The request as our own site answers it."""
    told = {name.lower(): value for name, value in headers.items() if name != "Content-Type"}
    answer = Client().post(url.removeprefix("https://x"), body, content_type=headers["Content-Type"], headers=told)
    return answer.status_code, answer.content


def test_every_sanction_comes_once_and_goes_into_a_store(w: Any, monkeypatch: Any, tmp_path: Any) -> None:
    for n in range(5):
        commands.publish(sanction(w, id=f"S-{n}", file=f"{n}/2026"), at=AT)
    monkeypatch.setattr(fetch, "PAGE", 2)
    service = fetch.Service("https://x/pdn/s3", "plataforma", "vitrina-demo", to_our_site)
    rows = service.rows("/v1/psancionados")
    found = [next(rows)]
    service._token = "run out"
    found += list(rows)
    assert sorted(row["id"] for row in found) == [f"S-{n}" for n in range(5)]
    file = tmp_path / "s3.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in found))
    assert add(Store.create(tmp_path / "store"), "sanction", file).source.n_stored == 10  # a debarment and a fine each
    assert not list(service.rows("/v1/psancionados", {"id": "none"}))


def test_what_goes_wrong_is_said(w: Any, monkeypatch: Any) -> None:
    def answering(status: int, body: Any) -> fetch.Service:
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        service = fetch.Service("https://x", "a", "b", lambda *_: (status, said))
        service._token = "t"
        return service

    wrong = fetch.Service("https://x/pdn/s3", "plataforma", "false", to_our_site)
    endless = {"pagination": {"hasNextPage": True}, "results": []}
    for service, word in ((wrong, "not those of a client"), (answering(500, b"<html>"), "500"), (answering(200, []), "200"),
                          (answering(200, {}), "no pagination"), (answering(200, endless), "empty"), (answering(401, {}), "401")):  # fmt: skip
        with pytest.raises(fetch.Refused, match=word):
            list(service.rows("/v1/psancionados"))
    with pytest.raises(fetch.Refused, match="no web address"):
        fetch.post("file:///etc/hosts", b"", {})
