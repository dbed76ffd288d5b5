# SPDX-License-Identifier: Apache-2.0
"""People at their browsers before the addresses of sealed bids, without a browser: Django's own client."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from tests.worlds.base import World
from tests.worlds.bidding import signed
from vitrina.kernel import clock
from vitrina.parties.actors import Actor
from vitrina.parties.models import Person
from vitrina.sealed import client as sealing

DESK = "/mi-espacio"


def signed_in(actor: Actor) -> Client:
    """A browser in which the actor's person is signed in."""
    found = Client(raise_request_exception=False)
    found.force_login(get_user_model().objects.get(pk=Person.objects.get(pk=actor.person_id).user_id))
    return found


def post(browser: Client, path: str, body: Any) -> Any:
    """The answer to a JSON request; `body` is a value, or the very bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return browser.post(f"{DESK}/{path}", data, content_type="application/json")


def put(browser: Client, path: str, data: bytes) -> Any:
    """The answer to raw bytes."""
    return browser.put(f"{DESK}/{path}", data, content_type="application/octet-stream")


def get(browser: Client, path: str) -> Any:
    """The answer to a reading."""
    return browser.get(f"{DESK}/{path}")


def send(
    w: World, browser: Client, who: int, sealed: sealing.Sealed, *, previous: bytes | None = None, **more: Any
) -> Any:
    """Supplier number `who` posts a manifest with its signature."""
    body = {
        "object": sealed.manifest_bytes.decode(),
        "signature": signed(w.suppliers[who], sealed.manifest_bytes, clock.now()),
        "previous": previous.decode() if previous else None,
    }
    return post(browser, f"compra/{sealed.manifest.ocid}/sobres/", body | more)


def upload(browser: Client, sealed: sealing.Sealed) -> None:
    """Send every part; each must be taken."""
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        data = path.read_bytes()
        for n, part in enumerate(file.parts):
            piece = data[n * 8 * 1024 * 1024 : (n + 1) * 8 * 1024 * 1024]
            answer = put(browser, f"sobres/{sealed.c}/partes/{part}/", piece)
            assert answer.status_code == 204, answer.content
