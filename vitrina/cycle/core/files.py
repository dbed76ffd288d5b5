# SPDX-License-Identifier: Apache-2.0
"""Files of acts: checked, hashed, stored under their SHA-256, served only once an act has published them."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.kinds import DocumentRef

from .inspection import Fault, inspect
from .models import StoredFile
from .refusal import refuse

MAX_BYTES = 50 * 1024 * 1024  # security page, section 5: documents
# extension -> media type. The bytes must agree (`inspection`): a name alone proves nothing.
KNOWN = {
    ".pdf": "application/pdf",
    ".xml": "application/xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
}


def clean_name(name: str) -> str:
    """A file name that a page can show: no path, no control or direction characters, at most 120 characters."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(c for c in base if c.isprintable() and not has_unsafe_characters(c))
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        stem, extension = kept, ""
    return (stem[:110].strip(". ") or "documento") + (f".{extension[:8]}" if extension else "")


def store(upload: File[Any], *, public: bool, field: str = "", largest: int = MAX_BYTES) -> StoredFile:
    """Store a file and return its row. Refuses unknown, disguised and empty files, and those over `largest` bytes."""
    name = clean_name(upload.name or "")
    extension = Path(name).suffix.lower()
    media_type = KNOWN.get(extension)
    if media_type is None:
        kinds = ", ".join(sorted(KNOWN))
        raise refuse("file-type", _("%(name)s: send one of %(kinds)s.") % {"name": name, "kinds": kinds}, field=field)
    if not upload.size or upload.size > largest:
        message = _("%(name)s is empty or larger than %(mb)d MB.")
        raise refuse("file-size", message % {"name": name, "mb": largest // 1024 // 1024}, field=field)
    try:
        inspect(cast("BinaryIO", upload), extension)
    except Fault as fault:
        raise refuse("file-content", str(fault.args[0]) % {"name": name}, field=field) from fault
    upload.seek(0)
    sha256 = _write(upload)
    row, created = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"name": name, "media_type": media_type, "size": upload.size, "is_public": public}
    )
    if public and not created and not row.is_public:
        publish([sha256])
    return row


def publish(hashes: list[str]) -> None:
    """Let everybody read these files from now on."""
    StoredFile.objects.filter(sha256__in=hashes).update(is_public=True)


def reference(row: StoredFile, *, id: str, title: str, document_type: str) -> DocumentRef:  # noqa: A002 - OCDS word
    """The file as a document of an act."""
    return DocumentRef(
        id=id, title=title, document_type=document_type, sha256=row.sha256, size=row.size, media_type=row.media_type
    )


def path_of(sha256: str) -> Path:
    """Where the bytes of a file lie."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def _write(source: BinaryIO | File[Any]) -> str:
    """Write the bytes under their hash; a crash leaves either nothing or the whole file."""
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True)
    hasher = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        while chunk := source.read(1 << 20):
            hasher.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    target = path_of(hasher.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)
    return hasher.hexdigest()
