# SPDX-License-Identifier: Apache-2.0
"""The digests by which a browser refuses a script that was changed on its way (Subresource Integrity).

A page names the digest of each script that it begins with, and its import map that of each module that those import.
Source: sealed bids, section 12. Workers have no import maps: what they load is not covered.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import posixpath
import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

EVERYWHERE = ("countdown", "live", "forms", "rows", "check", "check-signature")  # what any page may begin with
_IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+\.js)["']""")


class Script(NamedTuple):
    """What is known of a script: the digest of its bytes as browsers take it, the names of what it imports."""

    integrity: str
    imports: tuple[str, ...]


def of(name: str) -> Script | None:
    """The script with a name below the static folder, as it is served now; nothing when there is none."""
    path = staticfiles_storage.path(name) if settings.STATIC_ROOT else finders.find(name)
    try:
        stat = Path(path or "").stat()
        return _read(name, str(path), stat.st_mtime_ns, stat.st_size) if path else None
    except FileNotFoundError:
        return None


@functools.lru_cache(maxsize=256)
def _read(name: str, path: str, _changed: int, _size: int) -> Script:
    data = Path(path).read_bytes()
    found = _IMPORT.findall(data.decode())
    names = dict.fromkeys(posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in found)
    return Script(integrity(data), tuple(names))


def integrity(data: bytes) -> str:
    """`sha256-...`, as attributes, import maps and content policies write a digest."""
    return f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def import_map(*names: str) -> str:
    """The text of the import map of a page that begins with these scripts: address -> digest of all they import."""
    found: dict[str, str] = {}
    waiting = list(names)
    seen = set(names)
    while waiting:
        script = of(waiting.pop())
        for name in script.imports if script else ():
            imported = of(name)
            if imported:
                found[f"{settings.STATIC_URL}{name}"] = imported.integrity
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return json.dumps({"integrity": dict(sorted(found.items()))}, separators=(",", ":"))
