# SPDX-License-Identifier: Apache-2.0
"""Claims that are no signatures: certificates of every wrong kind, odd shapes, devices and browsers that lie."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.fixtures.authority import KINDS, authority, key
from tests.fixtures.passkeys import Passkey
from vitrina.cycle.core import signed
from vitrina.sealed import client, objects
from vitrina.sealed.signature import sign_efirma
from vitrina.site.demo import clock, issuing
from vitrina.site.demo.authority import _issuer

BID = objects.PAYLOAD_TYPES["sobre/v1"]
RFC, OTHER_RFC = "BTL100203AB1", "RVH090807CD2"  # Biomédica Tres Lunas, who signs; Reactivos Valle Hondo
DAY = timedelta(days=1)


def certificate(by: issuing.Issuer, rfc: str = RFC, *, kind: str = "efirma", bits: int = 2048, **over: Any) -> bytes:
    """A certificate as the SAT's, of whatever validity; its key is `key(rfc, bits)`."""
    at = clock.now()
    holder = issuing.Holder("Biomédica Tres Lunas, S.A. de C.V.", rfc, rep_rfc="XAXX010101000")
    return issuing.certificate(
        subject=issuing.sat_name(holder, branch="Matriz" if kind == "csd" else ""), key=key(rfc, bits).public_key(),
        issuer=by, number=issuing.number_for(rfc, kind, bits, *over), since=over.get("since", at - 90 * DAY),
        until=over.get("until", at + 900 * DAY), extensions=KINDS[kind](), weak_hash=over.get("weak_hash", False),
    )  # fmt: skip


def by_certificate(bid: client.Sealed, der: bytes, rfc: str = RFC, bits: int = 2048) -> dict[str, str]:
    return sign_efirma(key(rfc, bits), der, BID, bid.manifest_bytes, clock.now())


@functools.cache
def stranger() -> issuing.Issuer:
    """An authority that this installation does not know."""
    return authority("A.C. de nadie").issuer


def forger() -> issuing.Issuer:
    """Another key under the name of the authority that it does know."""
    return issuing.Issuer(_issuer().name, key("forger"))


CERTIFICATES: dict[str, Callable[[], dict[str, Any]]] = {
    "CERT_KIND_CSD": lambda: {"der": certificate(_issuer(), kind="csd")},
    "CERT_RFC_MISMATCH": lambda: {"der": certificate(_issuer(), OTHER_RFC), "rfc": OTHER_RFC},
    "CERT_EXPIRED": lambda: {"der": certificate(_issuer(), until=clock.now() - DAY)},
    "CERT_NOT_YET": lambda: {"der": certificate(_issuer(), since=clock.now() + DAY)},
    "CERT_WEAK": lambda: {"der": certificate(_issuer(), bits=1024), "bits": 1024},
    "CHAIN_BAD_SIGNATURE": lambda: {"der": certificate(forger())},
}


def odd_claims(good: dict[str, str]) -> list[Any]:
    """Claims of odd shapes and sizes."""
    found: list[Any] = [
        "",
        "x",
        1,
        1.5,
        True,
        [],
        [good],
        {"kind": "efirma"},
        {},
        good | {"more": "x"},
        {**good, "kind": ["efirma"]},
    ]
    found += [{k: v for k, v in good.items() if k != name} for name in good]
    for name in good:
        found += [
            good | {name: odd}
            for odd in (
                None,
                7,
                {},
                [],
                {"a": [1]},
                "",
                "\x00",
                "x" * 70_000,
                "\ud800",
                "١٢",
                "=" * 9,
                "\u202e",
                "AAAA",
                "null",
            )
        ]
    found += [good | {"signed_at_client": text} for text in (
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2020-10-13T10:00:00", "now", "1e309", "2020-13-45", "20201013T100000Z ",
    )]  # fmt: skip
    der = base64.b64decode(good["cert"])
    for odd in (
        der[:-1],
        der + b"\0",
        der[:40],
        b"\x30\x80" * 8000,
        b"\x30" * 16_000,
        b"-----BEGIN CERTIFICATE-----",
        bytes(16_000),
        b"\0",
    ):
        found.append(good | {"cert": base64.b64encode(odd).decode()})
    for size in (1, 255, 257, 1024, 40_000):
        found.append(good | {"value": base64.b64encode(b"\xff" * size).decode()})
    return found


def passkey_claims(site: Any, device: Passkey, body: bytes) -> dict[str, dict[str, Any]]:
    """What devices and browsers that lie would send for a bid."""
    at, good = clock.now(), urlsplit(site.url)
    make = functools.partial(device.claim, BID, body, at, origin=site.url)
    text = {name: make() | {"client_data": base64.b64encode(data).decode()} for name, data in {
        "deep": b"[" * 40_000, "empty": b"{}", "null": b"null", "none": b"", "no json": b"\xff", "half": b'{"type":"webauthn.get","challenge":"\\ud800","origin":"\\ud800"}',
        "address": b'{"type":"webauthn.get","challenge":"AA","origin":"http://["}', "port": b'{"type":"webauthn.get","challenge":"AA","origin":"http://a:99999999"}',
        "number": b'{"type":"webauthn.get","challenge":"AA","origin":7}', "list": b'{"type":["webauthn.get"],"challenge":[],"origin":[]}',
        "script": b'{"type":"webauthn.get","challenge":"AA","origin":"javascript:pwn()"}',
    }.items()}  # fmt: skip
    data = {
        f"data {n}": make() | {"authenticator_data": base64.b64encode(bytes(n)).decode()} for n in (0, 1, 36, 37, 5000)
    }
    return text | data | {
        "unverified": make(verified=False),
        "another site": device.claim(BID, body, at, origin="https://evil.example"),
        "another host": device.claim(BID, body, at, origin=site.url, host="evil.example"),
        "within another": make(cross_origin=True),
        "creation": make(ceremony="webauthn.create"),
        "another challenge": make(challenge=b"x" * 32),
        "another act": device.claim(signed.PAYLOAD_TYPE, body, at, origin=site.url) | {"payload_type": BID},
        "unknown device": Passkey(host=good.hostname).claim(BID, body, at, origin=site.url),
        "odd id": make() | {"credential_id": "\ud800/+=="},
        "long id": make() | {"credential_id": "A" * 60_000},
    }  # fmt: skip
