# SPDX-License-Identifier: Apache-2.0
"""The entries of one purchase from a copy of the ledger: a folder of files, or the feed of a site. No database."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vitrina.ledger import fetch

from . import acts

MANIFEST, PAGE = "manifest.json", 500


def entries_of(source: str, ocid: str, progress: Callable[[int], None] = lambda _: None) -> list[Mapping[str, Any]]:
    """The public entries of a purchase, in order. `source`: a folder of `vitrina open dump`, or a web address.

    Errors: `fetch.Unreachable`, `FileNotFoundError`, `ValueError` for what is not a feed.
    """
    stream = f"ocid:{ocid}"
    found = []
    with fetch.opened(source) as read:
        rows = _of_site(read) if source.startswith(("http://", "https://")) else _of_folder(read)
        for n, row in enumerate(rows, start=1):
            progress(n)
            if not hasattr(row, "get"):
                raise ValueError("a line of the feed is not an entry")
            if row.get("stream") == stream:
                found.append(row)
    return sorted(found, key=lambda row: int(row["seq"]))


def lots_of(entries: list[Mapping[str, Any]]) -> list[int]:
    """The lots that have acts of an auction."""
    return sorted(
        {int(e["body"]["lot"]) for e in entries if e.get("kind") in acts.ACTS and "lot" in e.get("body", {})}
    )


def _of_folder(read: Callable[[str], bytes]) -> Iterator[Any]:
    """The acts of each file that the manifest names."""
    for file in json.loads(read(MANIFEST))["files"]:
        if file["set"] == "acts":
            for line in gzip.decompress(read(file["path"])).splitlines():
                yield json.loads(line)


def _of_site(read: Callable[[str], bytes]) -> Iterator[Any]:
    """Page after page until one is empty."""
    after = 0
    while True:
        page = json.loads(read(f"api/feed?after={after}&limit={PAGE}"))
        entries = page.get("entries") if isinstance(page, dict) else None
        if entries is None:
            raise ValueError("the site answers something else than a feed")
        if not entries:
            return
        yield from entries
        after = int(page["next"])
