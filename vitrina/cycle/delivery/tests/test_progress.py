# SPDX-License-Identifier: Apache-2.0
"""Reports of progress: what is refused, and photographs that keep nothing of the camera."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from tests.worlds.base import world
from tests.worlds.contracting import reach_contracting
from tests.worlds.delivery import noon
from tests.worlds.once import rolled_back
from tests.worlds.progress import FIRST, SECOND, report
from vitrina.cycle.contracting.queries import contracts_of
from vitrina.cycle.core.files import path_of
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel.money import Money
from vitrina.ledger.releases import build

pytestmark = pytest.mark.django_db


def photograph(kind: str = "JPEG") -> ContentFile[bytes]:
    """A photograph as a telephone takes it: large, lying on its side, with its place, its maker and a comment."""
    canvas, file = Image.new("RGB", (2400, 1200), (200, 30, 30)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Marca de la cámara"  # turned by a quarter; maker
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 40.0, 17.0), 3: "W", 4: (100.0, 18.0, 32.0)})
    canvas.save(file, kind, exif=exif, comment=b"tomada por nadie") if kind == "JPEG" else canvas.save(file, kind)
    return ContentFile(file.getvalue(), name="IMG_0001.jpg")


def shown(file: ContentFile[bytes], **more: Any) -> list[dict[str, Any]]:
    return [{"file": file, "alt": "La azotea.", "taken_on": FIRST} | more]


def test_a_report_says_what_was_done_and_its_photograph_nothing_else(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    w = world()
    contract = contracts_of(reach_contracting(w, category="services"))[0]

    entry = report(w, contract, actual="50.25", photos=shown(photograph()))

    (ref,) = entry.event.documents
    kept = path_of(ref.sha256).read_bytes()
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (800, 1600)  # upright, and no larger
        assert not image.getexif() and not {"comment", "exif"} & set(image.info)
    assert b"Marca" not in kept and b"nadie" not in kept
    implementation = build(entry)["contracts"][0]["implementation"]
    assert implementation["milestones"][0]["type"] == "reporting"
    assert "50.25 %" in implementation["milestones"][0]["description"]
    assert implementation["documents"][0]["documentType"] == "physicalProgressReport"


def test_what_cannot_be_is_refused_and_leaves_nothing(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    w = world()
    contract = contracts_of(reach_contracting(w, category="services"))[0]
    report(w, contract, actual="50")
    later = {"on": SECOND, "planned": "90", "actual": "60"}
    broken = ContentFile(photograph().read()[:300], name="a.jpg")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("place", {"latitude": Decimal("-100.309"), "longitude": Decimal("25.67")}),
        ("percent", {"actual": "100.01", "authorised": Money(1)}),
        ("less", {"actual": "49"}),
        ("authorised", {"authorised": contract.value + Money(1)}),
        ("day", {"on": date(2020, 11, 19)}),
        ("day", {"on": SECOND, "at": noon(FIRST)}),
        ("alt", {"photos": shown(photograph(), alt=" ")}),
        ("day", {"photos": shown(photograph(), taken_on=date(2020, 12, 5))}),
        ("file-content", {"photos": shown(photograph("PNG"))}),
        ("file-content", {"photos": shown(broken)}),
        ("file-type", {"photos": shown(ContentFile(b"GIF89a", name="a.gif"))}),
        ("photos", {"photos": shown(photograph()) * 4}),
    ]
    for code, changes in wrong:
        with rolled_back(), pytest.raises(Refused) as refused:
            report(w, contract, **(later | changes))
        assert refused.value.codes == [code], (code, changes, refused.value.codes)
    assert contract.progress.count() == 1

    report(w, contract, actual="49", **{k: v for k, v in later.items() if k != "actual"}, note="Se midió de nuevo.")
    Process.objects.filter(pk=contract.process_id).update(category="goods")  # which are received and counted
    with pytest.raises(Refused) as refused:
        report(w, contract, **later)
    assert refused.value.codes == ["category"]
