# SPDX-License-Identifier: Apache-2.0
"""Many signed documents in one zip file: each as canonical JSON, what goes with them as it is, and `manifest.json`, a
signed document that tells the SHA-256 and the size of every other file. One signature covers all of them, and whoever
has the zip and the public key checks it offline. The same documents and key give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vitrina.kernel.canonical import canonical

from . import signed
from .signed import NotSound, Signed

FORM = "vitrina.insight.bundle/1"
MANIFEST = "manifest.json"
FOLDER = "documents/"
MOST = 1 << 30  # bytes of all files, unpacked
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first instant that a zip can tell


class File(msgspec.Struct, frozen=True):
    """A file of the zip; `id`: of the document in it, where it is one."""

    name: str
    size: int
    sha256: str
    id: str = ""


class Contents(msgspec.Struct, frozen=True):
    """What the manifest signs."""

    form: str
    files: list[File]


def pack(documents: Sequence[Mapping[str, Any]], key: Ed25519PrivateKey, more: Mapping[str, bytes]) -> bytes:
    """The zip of these documents, in their order. `more`: further files by name. Errors: `ValueError` for a name that
    is taken, or that leads out of the zip.
    """
    width = max(4, len(str(len(documents))))
    told = {f"{FOLDER}{n:0{width}}.json": document for n, document in enumerate(documents, 1)}
    data = {name: canonical(dict(document)) + b"\n" for name, document in told.items()}
    for name, content in more.items():
        if "/" in name or "\\" in name or name in {"", ".", "..", MANIFEST}:
            raise ValueError(f"{name} is no name for a file of the zip")
        data[name] = content
    ids = {name: str(document.get("id") or document.get("ocid") or "") for name, document in told.items()}
    files = [_file(name, content, ids.get(name, "")) for name, content in data.items()]
    manifest = signed.sign(msgspec.to_builtins(Contents(FORM, files)), key)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in {MANIFEST: signed.encode(manifest), **data}.items():
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            folder.writestr(about, content)
    return made.getvalue()


def check(data: bytes, signer: bytes | None = None) -> tuple[Signed, list[dict[str, Any]]]:
    """The signed manifest of a zip and its documents, when all of its files are as they were signed and no other is
    there. `signer` as in `signed.check`. Errors: `NotSound`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            inside = {about.filename: about for about in folder.infolist()}
            if len(inside) != len(folder.infolist()) or sum(a.file_size for a in inside.values()) > MOST:
                raise NotSound("a name is there twice, or the files are too large to be read")
            manifest = signed.check(folder.read(MANIFEST), signer)
            told = msgspec.convert(manifest.document, Contents)
            if told.form != FORM:
                raise NotSound(f"{told.form} is a form that this program does not know")
            odd = {file.name for file in told.files} ^ (inside.keys() - {MANIFEST})
            if odd:
                raise NotSound(f"missing, or not signed: {', '.join(sorted(odd))}")
            changed = [file.name for file in told.files if _file(file.name, folder.read(file.name), file.id) != file]
            if changed:
                raise NotSound(f"changed after it was signed: {', '.join(changed)}")
            names = [file.name for file in told.files if file.name.startswith(FOLDER)]
            return manifest, [msgspec.json.decode(folder.read(name), type=dict) for name in names]
    except (zipfile.BadZipFile, KeyError, EOFError, msgspec.ValidationError, msgspec.DecodeError) as error:
        raise NotSound(f"this is no zip of signed documents: {error}") from error


def _file(name: str, content: bytes, told: str) -> File:
    return File(name, len(content), hashlib.sha256(content).hexdigest(), told)
