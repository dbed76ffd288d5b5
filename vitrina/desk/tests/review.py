# SPDX-License-Identifier: Apache-2.0
"""Somebody who reads a step once more and signs it, as the browser does it."""

from __future__ import annotations

import json
import re
from html import unescape

from django.test import Client

from tests.worlds.tendering import PUBLISHED
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import Process
from vitrina.kernel.canonical import canonical, digest_of
from vitrina.parties.models import Person
from vitrina.parties.roles import Role
from vitrina.site.demo.authority import demo_claim

NOW = PUBLISHED.replace(day=24)
FORM = {"authority": "Secretaría Anticorrupción", "reason": "Se revisa una denuncia.\r\nDos líneas."}
TOKEN = "a" * 26


class Desk:
    """Somebody at the review of a step: by default the internal control body, who suspends the purchase."""

    prefix = ""  # of the address: that of a language

    def __init__(
        self, w, process: Process, client: Client, now=NOW, command="tendering.suspend", form=None, key=""
    ) -> None:
        self.w, self.process, self.client, self.now = w, process, client, now
        self.command, self.form, self.key = command, form or FORM, key
        self.sits(w.people[Role.OIC])

    def sits(self, person: Person, holder=None) -> None:
        """Sign in as a person; `holder` is the supplier whose e.firma they use."""
        self.person, self.holder = person, holder or person
        self.client.force_login(person.user)

    @property
    def url(self) -> str:
        return f"{self.prefix}/mi-espacio/compra/{self.process.ocid}/{self.command}/" + (
            f"?key={self.key}" if self.key else ""
        )

    def post(self, **data):
        return self.client.post(self.url, {"token": TOKEN, **self.form, **data})

    def payload(self, page: str) -> dict:
        """What the browser builds from the review: read off the page, as a person would."""

        def shown(name: str) -> str:
            return unescape(re.search(rf'data-shows="{name}">(.*?)</', page, re.DOTALL)[1])

        rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page, re.DOTALL)
        kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)" data-kept>', page)
        return {
            "type": "vitrina/acto/v1",
            "ocid": self.process.ocid,
            "purchase": shown("purchase"),
            "command": self.command,
            "act": shown("act"),
            "consequence": shown("consequence"),
            "signer": shown("signer"),
            "fields": [{"label": unescape(a), "value": unescape(b.replace("<br>", "\n"))} for a, b in rows],
            "form_sha256": digest_of([[n, unescape(v).replace("\r\n", "\n")] for n, v in kept]),
            "token": TOKEN,
        }

    def claim(self, text: bytes, who=None) -> str:
        return json.dumps(demo_claim(who or self.holder, signed.PAYLOAD_TYPE, text, self.now))

    def sign(self, *, change=None, **data):
        """Review, sign and confirm; `change` gets the payload before it is signed."""
        payload = self.payload(self.post().content.decode())
        text = canonical(change(payload) if change else payload)
        self.form = {name: value for name, value in self.form.items() if not hasattr(value, "read")}
        return self.post(**{"confirm": "1", "signed": text.decode(), "signature": self.claim(text), **data})
