# SPDX-License-Identifier: Apache-2.0
"""A tender for the tests: openers, bidders who sign with RSA keys, a log with its tiles, the folder that is exported."""

import base64
import functools
import json
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from vitrina.kernel.canonical import canonical
from vitrina.ledger import merkle, note
from vitrina.ledger.policy import Policy
from vitrina.ledger.tiles import TileStore
from vitrina.sealed import client, keys, opening
from vitrina.sealed.dsse import pae
from vitrina.sealed.objects import PAYLOAD_TYPES, leaf, parse, reveal_digest
from vitrina.sealed.signature import spki

OCID = "ocds-vt0001-LA-50-ZZZ-050ZZZ001-N-1-2026"
OTHER = "ocds-vt0001-LA-50-ZZZ-050ZZZ001-N-2-2026"
MONTH, AFTER = "2026-12", "2027-01"
ORIGIN = "registro.prueba.example/sobres"
OPENERS = ("convocante", "oic", "testigo")


@functools.cache
def bidder_key(rfc):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def opener_secret(name):
    return keys.new_secret()


def panel(names=OPENERS):
    return [{"id": name, "recipient": keys.recipient(opener_secret(name))} for name in names]


def offer(total="1500.00"):
    line = {"line": 1, "quantity": "10", "unit_price": "150", "amount": total}
    return {"currency": "MXN", "total": total, "lines": [line]}


def documents(text=b"propuesta de prueba"):
    return [client.answers({"1": "Sí, en 10 días"}, "Declaro"), ("propuesta.txt", "text/plain", text)]


def sealed_bid(out, rfc="AAA010101AAA", ocid=OCID, documents=None, names=OPENERS, k=2, **more):
    found = {"lot": None, "envelope": "economica", "reveal_by": MONTH} | more
    held = documents if documents is not None else globals()["documents"]()
    return client.seal(held, offer(), ocid=ocid, supplier=rfc, panel=panel(names), k=k, out=out, **found)


def signed(rfc, data, kind="sobre/v1"):
    """A signature record as it is published: without its certificate."""
    key = bidder_key(rfc)
    value = key.sign(pae(PAYLOAD_TYPES[kind], data), padding.PKCS1v15(), SHA256())
    return {
        "kind": "efirma",
        "payload_type": PAYLOAD_TYPES[kind],
        "value": base64.b64encode(value).decode(),
        "public_key": spki(key.public_key()),
        "rfc": rfc,
    }


def shares_of(manifest, names=OPENERS):
    """What the openers named take out of a manifest."""
    return [
        opening.decrypt_share(keys.identity(opener_secret(one.opener)), one.age)
        for one in manifest.shares
        if one.opener in names
    ]


@dataclass
class Tender:
    """Entries of a log and what is revealed of them; `write` exports the folder."""

    folder: Path
    entries: list[bytes] = field(default_factory=list)
    reveals: dict[int, dict] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    failed: dict[str, dict] = field(default_factory=dict)
    deadline_size: int = 0
    cancelled: int | None = None

    def bid(self, rfc, **more):
        found = sealed_bid(self.folder / "files", rfc, **more)
        self.log(found.manifest_bytes, signed(rfc, found.manifest_bytes))
        self.identities[found.c] = found.identity
        return found

    def withdrawal(self, bid, rfc=None):
        data = client.withdraw(bid.manifest)
        self.log(data, signed(rfc or bid.manifest.supplier, data, "sobre/v1/retiro"))

    def redeal(self, bid, x, name):
        data = client.redeal(bid.manifest, bid.identity, x, panel([name])[0])
        self.log(data, signed(bid.manifest.supplier, data, "sobre/v1/reparto"))

    def decoy(self):
        self.log(canonical({"type": "sobre/v1/senuelo", "reveal_by": MONTH, "salt": keys.new_secret().hex()}), None)

    def log(self, data, signature):
        self.reveals[len(self.entries)] = {"object": data.decode(), "signature": signature}
        self.entries.append(leaf(reveal_digest(data), parse(data).reveal_by))

    def other_entry(self):
        """Another act of the platform: the log holds everything."""
        self.entries.append(canonical({"v": 1, "type": "tender.published", "n": len(self.entries)}))

    def close(self):
        self.other_entry()
        self.deadline_size = len(self.entries)

    def act(self, kind, ocid=OCID):
        """An act of a purchase as the log holds it; its index."""
        self.entries.append(canonical({"v": 1, "type": kind, "ocid": ocid, "n": len(self.entries)}))
        return len(self.entries) - 1

    def cancel(self, ocid=OCID):
        """The purchase is cancelled; where its deadline had not come, no envelope is on time from here on."""
        self.cancelled = self.act("tender.cancelled", ocid)
        self.deadline_size = self.deadline_size or len(self.entries)

    def write(self, *, log=True, leaves=True):
        case = {"ocid": OCID, "deadline_size": self.deadline_size, "opened": self.opened}
        case |= {"identities": {c: self.identities[c] for c in self.opened if c in self.identities}}
        case |= {"failed": self.failed}
        case |= {"cancelled": self.cancelled} if self.cancelled is not None else {}
        (self.folder / "audit.json").write_text(json.dumps(case))
        rows = [{"index": index} | shown for index, shown in sorted(self.reveals.items())]
        (self.folder / "reveals.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        if leaves:
            blinded = [(i, json.loads(e)) for i, e in enumerate(self.entries) if b'"type":"sobre"' in e]
            text = "".join(json.dumps({"index": i, "leaf": one}) + "\n" for i, one in blinded)
            (self.folder / "leaves.jsonl").write_text(text)
        if log:
            self.write_log()
        return self.folder

    def write_log(self):
        """The log as it is served, with the deadline's checkpoint and the policy that names its key."""
        key = Ed25519PrivateKey.generate()
        folder = self.folder / "log"
        folder.mkdir()
        TileStore(folder, durable=False).append(0, self.entries)
        hashes = [merkle.leaf_hash(entry) for entry in self.entries]
        for path, size in ((folder / "checkpoint", len(hashes)), (self.folder / "deadline", self.deadline_size)):
            text = note.Checkpoint(ORIGIN, size, merkle.root(hashes[:size])).text()
            path.write_text(note.join(text, note.sign(text, ORIGIN, key)))
        (self.folder / "policy").write_text(str(Policy.of([note.Vkey.of(ORIGIN, key)])))


def honest(folder):
    """A replaced, a withdrawn, a late bid, one of another tender, a re-dealt share, decoys; two are opened."""
    found = Tender(folder)
    found.other_entry()
    first = found.bid("AAA010101AAA")
    found.decoy()
    gone = found.bid("BBB010101BB2")
    found.bid("CCC010101CC3", ocid=OTHER)
    better = found.bid("AAA010101AAA", replaces=first.c, documents=documents(b"mejor precio"))
    found.other_entry()
    found.withdrawal(gone)
    kept = found.bid("DDD010101DD4")
    found.redeal(kept, 2, "suplente")
    found.close()
    found.bid("EEE010101EE5")
    found.decoy()
    found.opened = [better.c, kept.c]
    return found


def index_of(tender, c):
    return next(i for i, e in enumerate(tender.entries) if json.loads(e).get("c") == c)
