# SPDX-License-Identifier: Apache-2.0
"""How alike the texts of the bids of one process are: fills `bid_likeness`, which R041 reads. Only where texts exist.

A folder has one folder for each process, named by its ocid (`/` written `_`), with `<bid id>.txt` for each bid and
`tender.txt`, what the buyer published: forms and specifications that every bidder copies. Texts are words without
case and accents; a shingle is five words in a row; those of `tender.txt` do not count. The Jaccard of two bids is
shared shingles over the shingles of either, exact: MinHash is for comparing all with all, here it is within a process.
Fewer than fifty shingles of its own tell nothing, and such a bid is left out. RARE are words of six letters or more
that stand in these two texts and in no other of the folder: a mistake of spelling that two share says much.
Source: design page of the screens, 5.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vitrina.insight.ingest.run import writing
from vitrina.insight.store import Store, schema
from vitrina.kernel.text import fold

WORDS = 5
LEAST = 50
LETTERS = 6
TENDER = "tender.txt"
WORD = re.compile(r"\w+")


class BadTexts(ValueError):
    """The folder is not laid out as it should be."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of two bids of a process. `n`: shingles of the shorter one; `rare`: words that only these two have."""

    rid: int
    bid_no: int
    other_no: int
    jaccard: float
    n: int
    rare: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`compared`: pairs, most alike first. Processes without `tender.txt`, folders that the store has no process for,
    texts without a bid, and texts too short are told, and nothing is said of them.
    """

    compared: tuple[Likeness, ...]
    no_tender: int = 0
    no_process: int = 0
    no_bid: int = 0
    short: int = 0


def shingles(text: str, template: frozenset[int] | set[int] = frozenset()) -> set[int]:
    """The shingles of a text (64-bit hashes of five words in a row) that the template does not have."""
    words = WORD.findall(fold(text))
    found = {_hash(" ".join(words[at : at + WORDS])) for at in range(len(words) - WORDS + 1)}
    return found - template


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def rare_words(text: str) -> set[str]:
    """Words of at least six letters, without digits."""
    return {word for word in WORD.findall(fold(text)) if len(word) >= LETTERS and word.isalpha()}


def jaccard(a: set[int], b: set[int]) -> float:
    """Shared over all."""
    return len(a & b) / len(a | b) if a or b else 0.0


def fill(store: Store, folder: Path) -> Report:
    """Compare the texts of a folder and put the likenesses into the store, in place of earlier ones of the same
    processes. Errors: `BadTexts`, `BadStore`, `OSError`.
    """
    homes = {home.name: home for home in sorted(folder.iterdir()) if home.is_dir()}
    if not homes:
        raise BadTexts(f"{folder} has no folder of a process")
    seen = _times_seen(homes.values())
    with writing(store):
        numbers = _numbers(store)
        report = _compared(homes, numbers, seen)
        _replace(store, report.compared, {numbers[name][0] for name in homes if name in numbers})
    return report


def _times_seen(homes: Iterable[Path]) -> Counter[str]:
    """In how many texts of the folder each long word stands."""
    found: Counter[str] = Counter()
    for home in homes:
        for path in home.glob("*.txt"):
            found.update(rare_words(_text(path)))
    return found


def _numbers(store: Store) -> dict[str, tuple[int, dict[str, int]]]:
    """Name of a process's folder -> its rid, and bid id -> number."""
    with store.tables() as t:
        rows = t.rows(t.release.select("rid", "ocid").order_by("rid"))
        bids = t.rows(t.bid.filter(t.bid.bid_id.notnull()).select("rid", "bid_no", "bid_id").order_by("rid", "bid_no"))
    of: dict[int, dict[str, int]] = {}
    for bid in bids:
        of.setdefault(bid["rid"], {}).setdefault(bid["bid_id"].replace("/", "_"), bid["bid_no"])
    return {row["ocid"].replace("/", "_"): (row["rid"], of.get(row["rid"], {})) for row in rows if row["ocid"]}


def _compared(
    homes: Mapping[str, Path], numbers: Mapping[str, tuple[int, dict[str, int]]], seen: Counter[str]
) -> Report:
    found: list[Likeness] = []
    told: Counter[str] = Counter()
    for name, home in homes.items():
        if name not in numbers:
            told["no_process"] += 1
        elif not (home / TENDER).is_file():
            told["no_tender"] += 1
        else:
            found += _within(home, *numbers[name], seen, told)
    found.sort(key=lambda one: (-one.jaccard, one.rid, one.bid_no, one.other_no))
    return Report(tuple(found), **told)


def _within(
    home: Path, rid: int, numbers: Mapping[str, int], seen: Counter[str], told: Counter[str]
) -> Iterator[Likeness]:
    """The pairs of one process."""
    template = shingles(_text(home / TENDER))
    texts = {}
    for path in sorted(home.glob("*.txt")):
        if path.name == TENDER:
            continue
        if path.stem not in numbers:
            told["no_bid"] += 1
            continue
        text = _text(path)
        own = shingles(text, template)
        if len(own) < LEAST:
            told["short"] += 1
            continue
        texts[numbers[path.stem]] = own, rare_words(text)
    for (a, (left, mine)), (b, (right, theirs)) in itertools.combinations(sorted(texts.items()), 2):
        rare = tuple(sorted(word for word in mine & theirs if seen[word] == 2))  # noqa: PLR2004 - these two
        yield Likeness(rid, a, b, jaccard(left, right), min(len(left), len(right)), rare)


def _replace(store: Store, compared: Iterable[Likeness], rids: set[int]) -> None:
    """The likenesses of these processes in place of those that the store has of them."""
    with store.tables() as t:
        before = t.bid_likeness.to_pyarrow().to_pylist()
    kept = [row for row in before if row["rid"] not in rids]
    new = [{"rid": x.rid, "bid_no": x.bid_no, "other_no": x.other_no, "jaccard": x.jaccard} for x in compared]
    rows = pa.Table.from_pylist([*kept, *new], schema=schema.SCHEMAS["bid_likeness"])
    store.manifest.parts.pop("bid_likeness", None)
    store.write({"bid_likeness": rows})
    store.save()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
