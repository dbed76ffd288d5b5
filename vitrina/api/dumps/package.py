# SPDX-License-Identifier: Apache-2.0
"""The files as a Data Package (version 2): every file a resource, every table with its columns and their types."""

from __future__ import annotations

from typing import Any

import orjson

from .columns import columns_of
from .folder import File, Manifest
from .sets import MEDIA, SETS
from .tables import TYPES

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"


def descriptor(manifest: Manifest) -> bytes:
    """`datapackage.json`. Paths are relative to it, so it holds on the site and in a folder alike."""
    told: dict[str, Any] = {
        "$schema": PROFILE,
        "name": "vitrina",
        "id": manifest.digest or "empty",
        "title": f"{manifest.publisher}: compras públicas",
        "description": f"Whole up to act {manifest.position}; what follows: {manifest.feed}",
        "licenses": [{"name": "CC-BY-4.0", "path": manifest.license}],
        "created": manifest.made_at,
        "version": str(manifest.position),
        "contributors": [{"title": manifest.publisher, "roles": ["publisher"]}],
        "resources": [_resource(file) for file in manifest.files],
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _resource(file: File) -> dict[str, Any]:
    told: dict[str, Any] = {
        "$schema": RESOURCE,
        "name": file.name.removesuffix(".gz"),
        "path": file.path,
        "title": str(SETS[file.set].title) + (f" {file.year}" if file.year else ""),
        "description": str(SETS[file.set].about),
        "format": file.format,
        "mediatype": MEDIA[file.format],
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
    }
    if file.path.endswith(".gz"):
        told |= {"encoding": "utf-8", "compression": "gz"}
    if file.format == "csv":
        fields = [{"name": c.name, "type": TYPES[c.type], "description": c.about} for c in columns_of(file.set)]
        told |= {"type": "table", "schema": {"fields": fields, "missingValues": [""]}}
    return told
