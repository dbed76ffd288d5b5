# SPDX-License-Identifier: Apache-2.0
"""The public part of the ledger as files: feed, releases, records, and a manifest with their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vitrina.kernel.canonical import canonical

from . import feed
from .models import Record, Release
from .verify import one_snapshot


def _statements(last: int) -> Iterator[bytes]:
    after = 0
    while after < last:
        page = feed.page(after, feed.MAX_LIMIT)
        yield from (canonical(e) for e in page["entries"] if e["position"] <= last)
        after = page["next"]


def export(out: Path, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Write `feed.jsonl`, `releases.jsonl`, `records.jsonl` and `manifest.json` under `out`; returns the manifest.

    The feed and the releases stop at one position, named in the manifest: copy + feed after it = an exact copy.
    """
    out.mkdir(parents=True, exist_ok=True)
    with one_snapshot():
        return _export(out, progress)


def _export(out: Path, progress: Callable[[int], None]) -> dict[str, Any]:
    last = feed.head()
    releases = Release.objects.filter(position__lte=last).order_by("position").values_list("body", flat=True)
    records = Record.objects.order_by("ocid").values_list("ocid", "compiled")
    sources = {
        "feed.jsonl": _statements(last),
        "releases.jsonl": (body.encode() for body in releases.iterator()),
        "records.jsonl": (canonical({"ocid": o, "compiledRelease": c}) for o, c in records.iterator()),
    }
    files = []
    for name, lines in sources.items():
        hasher, n = hashlib.sha256(), 0
        with (out / name).open("wb") as file:
            for line in lines:
                file.write(line + b"\n")
                hasher.update(line + b"\n")
                n += 1
                progress(n)
        files.append({"path": name, "sha256": hasher.hexdigest(), "lines": n})
    manifest = {"position": last, "files": files}
    (out / "manifest.json").write_bytes(canonical(manifest))
    return manifest
