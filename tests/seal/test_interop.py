# SPDX-License-Identifier: Apache-2.0
"""What Chromium seals, Python opens, and the reverse (sealed-bids, section 16, 3 and 11)."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pyrage
import pytest

from vitrina.sealed import client, custody, keys, objects, opening
from vitrina.sealed.dsse import pae
from vitrina.sealed.errors import SealedError

pytestmark = pytest.mark.browser
OCID = "ocds-vt0001-LA-99-AAA-099AAA001-N-7-2026"
RFC = "ABC010203AB1"
SIZES = {
    "vacío.txt": 0,
    "uno.bin": 1,
    "trozo.bin": 65_536,
    "trozo y uno.bin": 65_537,
    "ñandú/../«plano».pdf": 8_388_608 - 200,
    "tres partes.zip": 20_000_001,
}

SEAL = """async (seal, { tender, offer }) => {
  const files = [...document.querySelector("input").files];
  const seen = [];
  const key = await seal.newEnvelopeKey();
  const sealed = await seal.sealBid({ context: tender, offer: seal.offerOf(offer), responses: { "1": "Sí, ñ y 😀" }, statement: "Declaro.",
    files, key, onProgress: (at) => seen.push(at.done) });
  await seal.envelopes.save({ ...sealed, ocid: tender.ocid });
  return { manifest: sealed.manifest, c: sealed.c, key, kind: sealed.kind, parts: sealed.parts, total: sealed.total, seen, type: sealed.payload_type };
}"""
UPLOAD = """async (seal, c) => {
  const kept = await seal.envelopes.load(c);
  const store = await seal.partStore(kept.recipient, kept.kind);
  return seal.uploadMissing({ ...seal.partsAt(`/parts/${c}/`, "x"), read: store.read, parts: kept.parts, firstWait: 20 });
}"""
OPENERS = "async (seal) => Promise.all([1, 2, 3].map(() => seal.openerKey.generate()))"


@pytest.fixture
def documents(tmp_path) -> list[Path]:
    paths = []
    for n, (name, size) in enumerate(SIZES.items()):
        path = tmp_path / f"{n}" / name.replace("/", "_")
        path.parent.mkdir()
        path.write_bytes(hashlib.shake_256(name.encode()).digest(size))
        paths.append(path)
    return paths


def tender(openers, k=2) -> dict:
    panel = [{"id": f"abre-{n}", "recipient": one["recipient"]} for n, one in enumerate(openers)]
    return {
        "ocid": OCID,
        "lot": None,
        "envelope": "economica",
        "supplier": {"rfc": RFC},
        "k": k,
        "reveal_by": "2026-12",
        "panel": panel,
    }


def test_what_the_browser_seals_python_opens(site, visit, page, documents, tmp_path) -> None:
    openers = visit(OPENERS)
    page.locator("input").set_input_files(documents)
    lines = [
        {"line": 1, "quantity": "412000", "unit_price": "61.40"},
        {"line": 2, "quantity": "2.5", "unit_price": "3.33"},
    ]
    sealed = visit(SEAL, {"tender": tender(openers), "offer": lines})

    manifest = objects.parse(sealed["manifest"].encode())
    assert isinstance(manifest, objects.Manifest)
    assert sealed["c"] == objects.reveal_digest(sealed["manifest"].encode())
    assert sealed["type"] == objects.PAYLOAD_TYPES["sobre/v1"]
    assert sealed["kind"] == "opfs"
    assert sealed["seen"] == sorted(sealed["seen"])
    assert sealed["seen"][-1] == sealed["total"]

    site.expect(json.loads(sealed["manifest"]))
    assert visit(UPLOAD, sealed["c"]) == {"sent": len(sealed["parts"]), "cuts": 0}
    paths = []
    for ref in manifest.files:
        path = tmp_path / f"{ref.sha256}.age"
        path.write_bytes(b"".join(site.parts[part] for part in ref.parts))
        assert opening.verify_file(path, ref)
        paths.append(path)

    shares = [opening.decrypt_share(openers[n]["identity"], manifest.shares[n].age) for n in (0, 2)]
    recovered = opening.recover(manifest, shares)
    assert recovered.identity == sealed["key"]["identity"]
    assert recovered.share_audit == (True, True, True)
    index = opening.decrypt_index(paths[0], recovered.identity)
    assert index.offer is not None
    assert [(one.amount, index.offer.total) for one in index.offer.lines] == [
        ("25296800.00", "25296808.33"),
        ("8.33", "25296808.33"),
    ]
    assert [one.name for one in index.files] == ["respuestas.json", *(path.name for path in documents)]
    for described, cipher, source in zip(index.files[1:], paths[2:], documents, strict=True):
        out = tmp_path / "out"
        assert opening.decrypt_file(cipher, out, recovered.identity) == described.sha256
        assert out.read_bytes() == source.read_bytes()
    opening.decrypt_file(paths[1], tmp_path / "answers", recovered.identity)
    assert (tmp_path / "answers").read_bytes() == client.answers({"1": "Sí, ñ y 😀"}, "Declaro.")[2]

    # one byte of a stored ciphertext differs: found before anything is decrypted
    content = bytearray(paths[5].read_bytes())
    content[len(content) // 2] ^= 1
    paths[5].write_bytes(content)
    assert not opening.verify_file(paths[5], manifest.files[5])
    with pytest.raises(SealedError):
        opening.decrypt_file(paths[5], tmp_path / "out", recovered.identity)


def test_what_python_seals_the_browser_opens(site, visit, documents, tmp_path) -> None:
    openers = visit(OPENERS)
    panel = tender(openers)["panel"]
    offer = {
        "currency": "MXN",
        "total": "12.00",
        "lines": [{"line": 1, "quantity": "1", "unit_price": "12.00", "amount": "12.00"}],
    }
    plain = [client.answers({"1": "Sí"}, "Declaro."), *((path.name, "application/pdf", path) for path in documents)]
    sealed = client.seal(
        plain,
        offer,
        ocid=OCID,
        lot=None,
        envelope="economica",
        supplier=RFC,
        panel=panel,
        k=2,
        reveal_by="2026-12",
        out=tmp_path / "sealed",
    )
    site.files |= {f"/cipher/{n}": path for n, path in enumerate(sealed.files)}

    said = visit(
        """async (seal, { manifest, identities, count }) => {
          const m = seal.parseObject(manifest);
          const c = seal.revealDigest(manifest);
          const shares = [];
          for (const [i, identity] of identities.entries()) {
            const dealt = m.shares[i];
            const given = await seal.decryptShares(identity, m.ocid, [{ c, age: dealt.age, recipient: m.recipient, commit: dealt.commit }]);
            if (given.bad.length) throw new Error(JSON.stringify(given.bad));
            shares.push(given.shares[c]);
          }
          const verdict = await seal.verifyOpened({ manifest, shares: shares.slice(1) });
          const cipher = async (n) => (await fetch(`/cipher/${n}`)).blob();
          const { identity } = verdict;
          const index = await seal.openIndex({ manifest, identity, ciphertext: await cipher(0) });
          const files = [];
          for (let file = 1; file < count; file++) {
            const opened = await seal.openFile({ manifest, index, identity, file, ciphertext: await cipher(file) });
            files.push([opened.name, seal.sha256(new Uint8Array(await opened.blob.arrayBuffer()))]);
          }
          return { verdict, files, offer: index.offer, pae: seal.hex(seal.pae(seal.payloadTypeOf(manifest), manifest)), c };
        }""",
        {
            "manifest": sealed.manifest_bytes.decode(),
            "identities": [one["identity"] for one in openers],
            "count": len(sealed.files),
        },
    )

    assert said["verdict"]["opened"]
    assert said["verdict"]["identity"] == sealed.identity
    assert said["verdict"]["audit"] == [True] * 3
    assert said["c"] == sealed.c
    assert said["offer"] == offer
    assert bytes.fromhex(said["pae"]) == pae("vitrina/sobre/v1", sealed.manifest_bytes)
    wanted = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in documents]
    assert [tuple(one) for one in said["files"]] == [
        ("respuestas.json", hashlib.sha256(plain[0][2]).hexdigest()),
        *wanted,
    ]


def test_withdrawals_and_re_deals_agree_both_ways(visit, tmp_path) -> None:
    openers = visit(OPENERS)
    late = {"id": "abre-nueva", "recipient": keys.recipient(keys.new_secret())}
    out = {
        "ocid": OCID,
        "lot": None,
        "envelope": "economica",
        "supplier": RFC,
        "panel": tender(openers)["panel"],
        "k": 2,
        "reveal_by": "2026-12",
    }
    sealed = client.seal([client.answers({}, "")], None, **out, out=tmp_path)
    said = visit(
        """async (seal, { manifest, identity, to, theirs }) => {
          const own = { manifest, key: await seal.readBackup(seal.backupText({ identity, recipient: "age1" }, { ocid: "x" }).replace("age1", "")), x: 2, to };
          let strange = "";
          try { await seal.redeal({ ...own, key: await seal.newEnvelopeKey() }); } catch (error) { strange = error.message; }
          return { withdrawal: seal.withdrawal(manifest), redeal: await seal.redeal(own), strange, read: theirs.map((one) => seal.parseObject(one).type), types: theirs.map(seal.payloadTypeOf) };
        }""",
        {
            "manifest": sealed.manifest_bytes.decode(),
            "identity": sealed.identity,
            "to": late,
            "theirs": [
                client.withdraw(sealed.manifest).decode(),
                client.redeal(sealed.manifest, sealed.identity, 3, late).decode(),
            ],
        },
    )

    assert said["read"] == ["sobre/v1/retiro", "sobre/v1/reparto"]
    assert said["types"] == ["vitrina/sobre/v1/retiro", "vitrina/sobre/v1/reparto"]
    assert said["strange"]
    for made, of in ((said["withdrawal"], objects.Withdrawal), (said["redeal"], objects.Redeal)):
        found = objects.parse(made["object"].encode())
        assert isinstance(found, of)
        assert found.bid == sealed.c
        assert made["c"] == objects.reveal_digest(made["object"].encode())
        assert made["payload_type"] == objects.PAYLOAD_TYPES[found.type]
    objects.check_redeal(sealed.manifest, objects.parse(said["redeal"]["object"].encode()))


def test_openers_keys_agree_both_ways(visit) -> None:
    secret = keys.new_secret()
    ours = keys.identity(secret)
    token = "el texto de la prueba"
    said = visit(
        """async (seal, { ours, theirs, challenge }) => {
          const key = await seal.openerKey.generate();
          const locked = await seal.openerKey.lock(key.identity, " una  frase\tlarga ", 12);
          const wrong = await seal.openerKey.unlock(locked, "otra frase").then(() => "opened", () => "refused");
          const sheet = seal.openerKey.recoverySheet(key, { name: "Ana Lucía", role_name: "Testigo social" });
          const copied = sheet.slice(sheet.indexOf("AGE-"));
          return { key, locked, wrong, answer: await seal.openerKey.answer(ours, challenge), unlocked: await seal.openerKey.unlock(theirs, "una frase larga"),
            back: await seal.openerKey.fromSheet(copied.toLowerCase()), mistyped: await seal.openerKey.fromSheet(copied.replace(/[A-Z0-9](?=\\s*Guárdela|\\s*$)/m, "1")).then(() => "read", () => "refused"),
            phrases: [seal.suggestPassphrase(), seal.suggestPassphrase()] };
        }""",
        {
            "ours": ours,
            "theirs": base64.b64encode(
                pyrage.passphrase.encrypt(f"# llave\n{ours}\n".encode(), "una frase larga")
            ).decode(),
            "challenge": base64.b64encode(
                pyrage.encrypt(token.encode(), [pyrage.x25519.Recipient.from_str(keys.recipient(secret))])
            ).decode(),
        },
    )

    key = said["key"]
    assert keys.recipient(keys.secret_of(key["identity"])) == key["recipient"]
    assert (
        pyrage.passphrase.decrypt(base64.b64decode(said["locked"]), "una frase larga").decode()
        == f"{key['identity']}\n"
    )
    assert said["wrong"] == "refused"
    assert base64.b64decode(said["answer"]).decode() == token
    assert said["unlocked"]["identity"] == ours
    assert said["back"] == key
    assert said["mistyped"] == "refused"
    assert len(set(said["phrases"])) == 2
    assert all(len(phrase.split()) == 5 for phrase in said["phrases"])


def test_shares_of_the_servers_custody_and_a_liar(visit) -> None:
    openers = visit(OPENERS)
    record = b'{"object":"x"}'
    locked = custody.lock(record, ocid=OCID, panel=tender(openers)["panel"], k=2)
    said = visit(
        """async (seal, { locked, openers, ocid }) => {
          const of = (n, commit = locked.shares[n].commit) => ({ c: "a", age: locked.shares[n].age, recipient: locked.recipient, commit });
          const good = await Promise.all([0, 1].map((n) => seal.decryptShares(openers[n].identity, ocid, [of(n)])));
          return { good, lied: await seal.decryptShares(openers[2].identity, ocid, [of(2, locked.shares[0].commit)]), not_his: await seal.decryptShares(openers[2].identity, ocid, [of(1)]) };
        }""",
        {"locked": locked, "openers": openers, "ocid": OCID},
    )

    shares = [base64.b64decode(one["shares"]["a"]) for one in said["good"]]
    assert custody.unlock(locked, OCID, shares) == record
    assert [one["bad"] for one in said["good"]] == [[], []]
    assert said["lied"]["bad"] == [{"c": "a", "reason": "commitment"}]
    assert said["not_his"] == {"shares": {}, "bad": [{"c": "a", "reason": "undecipherable"}]}
