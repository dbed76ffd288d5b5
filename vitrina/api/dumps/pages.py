# SPDX-License-Identifier: Apache-2.0
"""`/datos/`: what there is to take, and the files themselves, in ranges, so that a broken download goes on."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import http_date, parse_http_date_safe
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.broadcast import ranges
from vitrina.kernel import formats
from vitrina.ledger import feed
from vitrina.ledger.models import Erasure

from .folder import FILES, MANIFEST, SHORT, File, Folder, Manifest
from .sets import SETS, endings

FOR_EVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=60"
DESCRIBED = {
    MANIFEST: "application/json",
    "datapackage.json": "application/json",
    "catalog.ttl": "text/turtle; charset=utf-8",
    "catalog.jsonld": "application/ld+json",
    "SHA256SUMS": "text/plain; charset=utf-8",
}
_NAME = re.compile(rf"[a-z_-]{{1,60}}\d{{0,9}}\.[0-9a-f]{{{SHORT}}}\.(?:jsonl\.gz|csv\.gz|parquet)", re.ASCII)


def folder() -> Folder:
    """The folder that is served."""
    return Folder(Path(settings.DUMP_DIR))


@lru_cache(maxsize=2)
def _read(root: Path, _inode: int, _changed: int) -> Manifest | None:
    return Folder(root).manifest()


def generation() -> Manifest | None:
    """The generation in force, read again when it changes; nothing before the first."""
    root = Path(settings.DUMP_DIR)
    try:
        there = (root / MANIFEST).stat()
    except FileNotFoundError:
        return None
    return _read(root, there.st_ino, there.st_mtime_ns)


def is_withdrawn(manifest: Manifest) -> bool:
    """Whether a content was withdrawn that the files may hold still: nothing is served until they are made anew."""
    return Erasure.objects.count() > manifest.erasures


def _open(response: HttpResponseBase, cache: str) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = cache
    return response


def _later() -> HttpResponse:
    response = HttpResponse(_("A content was withdrawn: the files are being made anew.") + "\n", status=503)
    response["Content-Type"], response["Retry-After"] = "text/plain; charset=utf-8", "300"
    return response


@require_safe
def described(request: HttpRequest, name: str) -> HttpResponseBase:
    """The manifest and what is made from it: checksums, Data Package, catalogue."""
    if generation() is None:
        raise Http404
    path = Path(settings.DUMP_DIR) / name
    return _open(_sent(request, path, DESCRIBED[name]), SOON)


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of this generation or of a former one, or a part of it (`Range`)."""
    path = folder().files / name
    now = generation()
    if now is None or not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    if is_withdrawn(now):
        return _later()
    response = _sent(request, path, endings(name, name.removesuffix(".gz").rpartition(".")[2]))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _open(response, FOR_EVER)


@require_safe
def newest(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """Where the file of that name is now: `/datos/releases.jsonl.gz`."""
    now = generation()
    found = next((f for f in now.files if f.name == name), None) if now else None
    if found is None:
        raise Http404
    response = HttpResponseRedirect(f"/datos/{found.path}")
    _open(response, SOON)
    return response


def _sent(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    """A file with validators; 304 for who has it, 206 for who wants a part."""
    there = path.stat()
    etag = f"{there.st_mtime_ns:x}-{there.st_size:x}" if path.parent.name != FILES else path.name.split(".")[1]
    if _has(request, etag, int(there.st_mtime)):
        response: HttpResponseBase = HttpResponse(status=304)
        response["ETag"] = f'"{etag}"'
    else:
        response = ranges.serve(request, path, media_type=media_type, etag=etag)
    response["Last-Modified"] = http_date(there.st_mtime)
    return response


def _has(request: HttpRequest, etag: str, changed: int) -> bool:
    """Whether the reader has this very file (RFC 9110, 13.2.2: the tag decides where one is told)."""
    if tags := request.headers.get("If-None-Match"):
        return "*" in tags or f'"{etag}"' in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed <= since


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What there is, until which act, how large; how to check it and to stay current."""
    now = generation()
    context: dict[str, Any] = {"nav": "data", "n_acts": feed.head(), "base": settings.PUBLIC_URL, "now": now}
    if now:
        by_year = [f for f in now.files if f.year and not f.set.startswith("national")]
        tables = [n for n in SETS if n not in _OTHERS and now.of(n)]
        context |= {
            "is_withdrawn": is_withdrawn(now),
            "sentence": _sentence(now),
            "made_at": datetime.fromisoformat(now.made_at),
            "main": [_row(now, name) for name in ("releases", "records", "acts", "flags") if now.of(name)],
            "tables": [_row(now, name) for name in tables],
            "years": _years(by_year),
            "national": [_row(now, name) for name in ("national-contracts", "national-flags") if now.of(name)],
            "national_years": _years(now.of("national-contracts")),
            "releases_url": next(f"/datos/{f.path}" for f in now.of("releases") if not f.year),
            "linked": _linked(now),
        }
    return render(request, "open/data.html", context)


_OTHERS = frozenset({"acts", "releases", "records", "flags", "national-contracts", "national-flags"})


def _sentence(now: Manifest) -> str:
    """All of it in one sentence."""
    purchases = sum(f.rows for f in now.of("records") if not f.year)
    what = ngettext("One purchase", "%(n)s purchases", purchases) % {"n": f"{purchases:,}"}
    told = {"what": what, "n": f"{now.position:,}", "size": size(sum(f.bytes for f in now.files))}
    return _("%(what)s up to act no. %(n)s: %(size)s in all, renewed every hour.") % told


def size(n_bytes: int) -> str:
    """Bytes in words: 12 KB, 3.4 MB, 1.2 GB."""
    for unit, power in (("GB", 3), ("MB", 2)):
        if n_bytes >= 1000**power:
            amount = (Decimal(n_bytes) / 1000**power).quantize(Decimal("0.1"))
            return f"{formats.number(amount, get_language() or 'es')} {unit}"
    return f"{max(1, n_bytes // 1000):,} KB"


def _row(now: Manifest, name: str) -> dict[str, Any]:
    """A set on the page: its words, its rows, its files that are no year's; of acts all of them."""
    found = now.of(name)
    whole = [f for f in found if not f.year and not f.part]
    first = found[0].format
    return {
        "name": name,
        "title": SETS[name].title,
        "about": SETS[name].about,
        "rows": sum(f.rows for f in (whole or found) if f.format == first),
        "files": [_link(f) for f in whole],
        "parts": [_link(f) for f in found if f.part],
    }


def _link(found: File) -> dict[str, str]:
    kinds = {"jsonl": "JSON Lines", "csv": "CSV", "parquet": "Parquet"}
    return {
        "url": f"/datos/{found.path}",
        "kind": kinds[found.format],
        "name": found.name,
        "size": size(found.bytes),
        "sha256": found.sha256,
    }


def _years(files: list[File]) -> list[dict[str, Any]]:
    """The files of each year, the last one first."""
    numbers = sorted({f.year for f in files}, reverse=True)
    return [{"year": y, "files": [_link(f) for f in files if f.year == y]} for y in numbers]


def _linked(now: Manifest) -> SafeString:
    """The page in the words of schema.org, for search engines of data."""
    base = settings.PUBLIC_URL
    kinds = {"jsonl": "application/gzip", "csv": "application/gzip", "parquet": "application/vnd.apache.parquet"}
    files = [f for f in now.files if not f.year and not f.part]
    told = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{base}/datos/",
        "url": f"{base}/datos/",
        "name": f"{now.publisher}: {_('public purchases')}",
        "description": f"{_sentence(now)} {SETS['releases'].about}",
        "license": now.license,
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": now.publisher, "url": f"{base}/"},
        "dateModified": now.made_at,
        "version": str(now.position),
        "inLanguage": "es-MX",
        "keywords": [_("public procurement"), "OCDS", "EDCA-MX"],
        "spatialCoverage": "México",
        "distribution": [
            {"@type": "DataDownload", "name": f.name, "encodingFormat": kinds[f.format], "sha256": f.sha256,
             "contentSize": str(f.bytes), "contentUrl": f"{base}/datos/{f.path}"}
            for f in files
        ],
    }  # fmt: skip
    text = orjson.dumps(told).decode().translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
    return mark_safe(text)  # noqa: S308 - what could end the block is escaped in the line above
