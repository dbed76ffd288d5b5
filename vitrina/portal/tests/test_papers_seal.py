# SPDX-License-Identifier: Apache-2.0
"""The seal of papers as readers of PDF see it: whole, changed by a byte, with something appended; sealed once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.acts import pdf
from tests.fixtures.authority import AT, authority, key, make_cert, write_store
from vitrina.cycle.core import signed
from vitrina.kernel import clock as kernel_clock
from vitrina.ledger.models import Entry
from vitrina.ledger.tests import tsa
from vitrina.parties import commands as parties
from vitrina.parties import signing
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.portal.papers import acts, seal
from vitrina.portal.papers.sheet import Sheet
from vitrina.site.demo import issuing
from vitrina.site.demo.authority import paper_seal


def in_a_thread(work, *arguments, **named):
    """What a function that runs a loop returns, in a thread of its own: this one may hold the browser's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments, **named).result()


@pytest.fixture(autouse=True)
def apart(settings, tmp_path, clock):
    settings.PAPERS_DIR = tmp_path / "papers"
    clock.set(AT)


@pytest.fixture
def paper() -> bytes:
    sheet = Sheet(
        title="Acta de apertura", over="Compra de prueba, ocds-x", foot="Registro 1\nhttps://vitrina.example"
    )
    sheet.say(*("Se abrió el sobre de una empresa que no existe." for _ in range(80)))
    sheet.signatures([("Olga Ibarrondo", "área contratante", "")])
    return sheet.pdf()


def status(pdf: bytes, root: bytes | None = None, at=AT):
    """What a reader says that trusts one root, fetches nothing and knows no revocation."""
    trusted = [asn1.Certificate.load(root or paper_seal()[2][-1])]
    context = ValidationContext(trust_roots=trusted, moment=at, allow_fetching=False, revocation_mode="soft-fail")
    (embedded,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return in_a_thread(validate_pdf_signature, embedded, context)


def test_readers_find_the_paper_whole_and_the_seal_trusted(paper):
    sealed = seal.sealed(paper)
    found = status(sealed)

    assert sealed.startswith(paper), "the paper stays byte for byte"
    assert (found.intact, found.valid, found.trusted) == (True, True, True)
    assert found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.bottom_line
    assert found.signer_reported_dt == AT
    assert "Sello de demostración" in found.signing_cert.subject.native["common_name"]
    assert not status(sealed, root=authority("Autoridad Ajena").certificate).trusted


def test_poppler_finds_it_valid(paper, tmp_path):
    program = shutil.which("pdfsig")
    if not program:
        pytest.skip("needs pdfsig (poppler-utils)")
    (tmp_path / "x.pdf").write_bytes(seal.sealed(paper))
    said = subprocess.run([program, "-nocert", tmp_path / "x.pdf"], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in said and "Total document signed" in said and "ETSI.CAdES.detached" in said

    data = bytearray(seal.sealed(paper))
    data[len(paper) // 2] ^= 1
    (tmp_path / "y.pdf").write_bytes(data)
    said = subprocess.run([program, "-nocert", tmp_path / "y.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Digest Mismatch" in said and "Signature is Valid" not in said


def test_one_byte_changed_anywhere_in_the_paper_breaks_it(paper):
    sealed = seal.sealed(paper)
    start = paper.index(b"stream") + 20
    for place in (start, start + 100, paper.index(b"/Title") + 10, len(paper) // 2):
        changed = bytearray(sealed)
        changed[place] ^= 1
        try:
            found = status(bytes(changed))
        except Exception:  # the reader cannot even open it
            continue
        assert not found.intact and not found.bottom_line, place


def test_a_revision_appended_afterwards_is_reported(paper):
    sealed = seal.sealed(paper)
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Extra"] = writer.root["/Pages"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    found = status(out.getvalue())

    assert found.intact, "what was sealed is still there"
    assert found.coverage is SignatureCoverageLevel.ENTIRE_REVISION
    assert found.modification_level is ModificationLevel.OTHER and not found.bottom_line


def test_a_paper_is_sealed_once_and_another_paper_again(paper, settings, monkeypatch):
    first = seal.sealed(paper)
    monkeypatch.setattr(seal, "_put_on", lambda *_: pytest.fail("sealed twice"))
    assert seal.sealed(paper) == first
    monkeypatch.undo()
    assert seal.sealed(paper + b"\n%x") != first
    assert (
        len(list(Path(settings.PAPERS_DIR).rglob("*.pdf"))) == len(list(Path(settings.PAPERS_DIR).rglob("*.*"))) == 2
    )


def test_many_at_once_get_the_same_bytes(paper, settings):
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(seal.sealed, [paper] * 16))
    assert len(answers) == 1
    assert len(list(Path(settings.PAPERS_DIR).rglob("*.*"))) == 1


def test_pyhanko_reads_the_seal_only_after_the_remap(paper, tmp_path):
    (tmp_path / "x.pdf").write_bytes(seal.sealed(paper))
    program = (
        "import sys; from pyhanko.pdf_utils.reader import PdfFileReader; "
        "r = PdfFileReader(open(sys.argv[1], 'rb')); print(r.embedded_signatures[0].signer_cert.subject.native)"
    )
    for before, expected in (("", 1), ("import asn1crypto.x509 as x; x.NameTypeAndValue._oid_specs['unique_identifier'] = x.DirectoryString; ", 0)):  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-c", before + program, tmp_path / "x.pdf"], capture_output=True, check=False
        )
        assert run.returncode == expected, run.stderr.decode()[-300:]


@pytest.fixture
def files(tmp_path):
    """A seal as an institution has it: certificates in PEM, the key under a password, the password in a file."""
    root = authority("Autoridad Certificadora Uno")
    mine = make_cert(root, issuing.Holder("INSTITUTO DE PRUEBA", "INS010101AB1"), extensions=issuing.seal_extensions())
    (tmp_path / "seal.pem").write_bytes(
        pem.armor("CERTIFICATE", mine.cer) + pem.armor("CERTIFICATE", root.certificate)
    )
    (tmp_path / "seal.cer").write_bytes(mine.cer)
    locked = mine.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"clave"))
    (tmp_path / "seal.key").write_bytes(locked)
    (tmp_path / "password").write_text("clave\n")
    return tmp_path, root


def configured(folder: Path, certificate="seal.pem", key="seal.key", password="password") -> dict[str, str]:
    return {
        "certificate": str(folder / certificate),
        "key": str(folder / key),
        "password_file": str(folder / password),
    }


def test_an_institution_seals_with_its_own_certificate(paper, files, settings):
    folder, root = files
    settings.PAPER_SEAL = configured(folder)
    found = status(seal.sealed(paper), root=root.certificate)
    assert found.bottom_line and found.signing_cert.subject.native["common_name"] == "INSTITUTO DE PRUEBA"
    settings.PAPER_SEAL = configured(folder, certificate="seal.cer")
    assert status(seal.sealed(paper), root=root.certificate).bottom_line


def test_without_a_seal_papers_stay_plain_and_a_wrong_one_is_told(paper, files, settings):
    folder, _root = files
    settings.PAPER_SEAL = {"certificate": "", "key": "", "password_file": ""}
    assert seal.sealed(paper) == paper
    stranger = key("stranger").private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"clave"))
    (folder / "other.key").write_bytes(stranger)
    (folder / "wrong").write_text("otra")
    for wrong in (
        configured(folder, certificate="none"), configured(folder, password="wrong"),
        configured(folder, certificate="password"), configured(folder, key="other.key"),
    ):  # fmt: skip
        settings.PAPER_SEAL = wrong
        with pytest.raises(ImproperlyConfigured):
            seal.sealed(paper)


def test_the_paper_says_who_signed_and_how(db, settings, tmp_path):
    by = authority("A.C. de pruebas Vitrina")
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", by)]
    settings.FILES_DIR = tmp_path / "files"
    holder = issuing.Holder("EMPRESA DE PRUEBA, S.A.", "AAA010101AAA", rep_rfc="HEGT7610034S2")
    row = parties.register_supplier(at=AT, key="empresa", name="Empresa de prueba, S.A.", rfc=holder.rfc)
    person = parties.register_person(email="x@vitrina.example", given_name="Rita", surname="Gálvez")
    actor = actor_of(parties.appoint(at=AT, person=person, role=Role.SUPPLIER, supplier=row))
    entry = Entry.objects.get(stream="supplier:empresa")
    assert "sin firma" in pdf.read(acts.pdf_of(entry, 1, "Compra", "1", "")).text

    claim = make_cert(by, holder).claim(signed.PAYLOAD_TYPE, b"{}")
    record = signing.accept(claim, payload_type=signed.PAYLOAD_TYPE, body=b"{}", actor=actor, act="bid", at=AT)
    signed.attach(entry, record, b"{}", actor=actor, at=AT)
    paper = acts.pdf_of(entry, 1, "Compra", "1", "")
    said = pdf.flat(pdf.read(paper).text)

    number = record["cert_number"]
    assert pdf.flat(f"Firmó con e.firma EMPRESA DE PRUEBA, S.A., RFC AAA010101AAA, certificado {number}") in said
    assert holder.rep_rfc not in said and "sin firma" not in said
    assert status(paper).bottom_line
    assert acts.role_name("supplier") == "proveedor" and acts.role_name("CompraNet") == "CompraNet"


@pytest.fixture
def stamps(tmp_path):
    """A provider of time stamps and its root."""
    provider = tsa.Authority("Sellos de prueba")
    secret = ec.generate_private_key(ec.SECP256R1())
    return tsa.Tsa(tmp_path / "tsa", provider.issue(secret), secret), provider.root.public_bytes(Encoding.DER)


def test_a_paper_bears_the_time_of_the_provider(paper, settings, stamps, clock):
    provider, root = stamps
    clock.set(kernel_clock.system())  # the provider's own clock is the machine's
    with tsa.served(provider.reply) as url:
        settings.LOG_TSA_URL = url
        sealed = seal.sealed(paper)
    (embedded,) = PdfFileReader(BytesIO(sealed)).embedded_signatures
    now = {"moment": kernel_clock.now(), "allow_fetching": False, "revocation_mode": "soft-fail"}
    ours = ValidationContext(trust_roots=[asn1.Certificate.load(paper_seal()[2][-1])], **now)
    theirs = ValidationContext(trust_roots=[asn1.Certificate.load(root)], **now)
    found = in_a_thread(validate_pdf_signature, embedded, ours, ts_validation_context=theirs)

    assert found.bottom_line and found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.timestamp_validity.valid and found.timestamp_validity.trusted
    assert abs(found.timestamp_validity.timestamp - kernel_clock.now()) < timedelta(minutes=1)


def test_without_an_answer_of_the_provider_the_paper_is_sealed_all_the_same(paper, settings, stamps):
    with tsa.served(lambda _request: (503, b"")) as url:
        settings.LOG_TSA_URL = url
        assert status(seal.sealed(paper)).timestamp_validity is None
