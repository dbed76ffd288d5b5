# SPDX-License-Identifier: Apache-2.0
"""Make the files of everything public, or renew them: only what changed is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from vitrina.kernel import clock
from vitrina.ledger.models import Cursor, Erasure, Position
from vitrina.ledger.releases import iso
from vitrina.ledger.verify import one_snapshot

from . import acts, catalog, flags, national, package, years
from .folder import Folder, Manifest
from .run import Run

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def make(
    out: Path,
    *,
    with_flags: bool | None = None,
    anew: bool = False,
    is_patient: bool = False,
    tell: Callable[[int], None] = lambda _n: None,
) -> Manifest:
    """Write a generation into a folder and put it in force. Returns its manifest.

    All of it is of one instant: these files, then the feed after `position`, are an exact copy. `with_flags`: red
    flags of the purchases here; as the former generation when it is not told. `anew`: write every file.
    `is_patient`: wait where another run is at it. Errors: `Busy`, and `OSError` (a full disk), which change nothing.
    """
    folder = Folder(out)
    with folder.alone(is_patient=is_patient):
        with one_snapshot():
            former = folder.manifest()
            if former and not _is_of_this_ledger(former):
                former = None
            position = Cursor.objects.filter(projection="releases").values_list("position", flat=True).first() or 0
            run = Run(folder, position, {f.name: f for f in former.files} if former and not anew else {}, tell)
            files = [*acts.write(run), *years.write(run)]
            found = _manifest(position)
        if with_flags or (with_flags is None and former and former.of(flags.SET)):
            files += flags.write(run, files)
        files += national.write(run, Path(settings.SEARCH_DIR))
        found = msgspec.structs.replace(found, files=files)
        _put(folder, found, former)
    return found


def _is_of_this_ledger(manifest: Manifest) -> bool:
    """Whether the act at its position is the one that it names: not so for another ledger, or one that went back."""
    return manifest.position == 0 or manifest.digest == _act(manifest.position)[0]


def _act(position: int) -> tuple[str, datetime | None]:
    rows = Position.objects.filter(position=position).values_list("entry__digest", "entry__at")
    found: tuple[str, datetime] | None = rows.first()
    return found or ("", None)


def _manifest(position: int) -> Manifest:
    digest, at = _act(position)
    return Manifest(
        position=position,
        digest=digest,
        until=iso(at) if at else "",
        made_at=iso(clock.system().replace(microsecond=0)),
        erasures=erasures(position),
        publisher=settings.PUBLISHER_NAME,
        license=LICENCE,
        feed=f"{settings.PUBLIC_URL}/api/feed?after={position}",
        releases=f"{settings.PUBLIC_URL}/api/ocds/releases?after={position}",
        files=[],
    )


def _put(folder: Folder, manifest: Manifest, former: Manifest | None) -> None:
    """Put a generation in force. Former ones stay for a while, unless a content was withdrawn since, or they tell of
    another ledger: then they go at once.
    """
    now = clock.system()
    is_same = former is not None and (former.position, former.files) == (manifest.position, manifest.files)
    folder.follow(manifest, now, keeps_former=not is_same)
    folder.put("datapackage.json", package.descriptor(manifest))
    graph = catalog.graph(manifest)
    folder.put("catalog.jsonld", catalog.as_json(graph))
    folder.put("catalog.ttl", catalog.as_turtle(graph))
    folder.put("SHA256SUMS", "".join(f"{f.sha256}  {f.path}\n" for f in manifest.files).encode())
    lasts = former is not None and former.erasures == manifest.erasures
    folder.clean(manifest, now, timedelta(hours=settings.DUMP_KEEP_HOURS) if lasts else timedelta(0))


def erasures(position: int) -> int:
    """How many contents were withdrawn by acts up to a position."""
    return Erasure.objects.filter(act__placed__position__lte=position).count()


def renew_after_erasure() -> None:
    """Make the folder that is served anew once a content was withdrawn, where there is one."""
    root = Path(settings.DUMP_DIR)
    if Folder(root).manifest() is not None:
        make(root, is_patient=True)
