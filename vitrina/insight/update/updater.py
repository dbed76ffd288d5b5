# SPDX-License-Identifier: Apache-2.0
"""Keeps what flags found beside a store, and brings it up to date with each release that comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.flags import kept, results
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.script import outcomes
from vitrina.insight.ingest.directory import Directory
from vitrina.insight.ingest.formats import Formats, Progress
from vitrina.insight.ingest.known import Index
from vitrina.insight.ingest.run import Report, changing, read_in
from vitrina.insight.ingest.writer import Writer, compact
from vitrina.insight.store import Store, schema
from vitrina.insight.store.folder import Count, Judged
from vitrina.insight.store.views import connected

from .judge import Judge
from .parts import Parts, merge_small

SHARE = 0.001  # of the releases may be newer than what flags that compare were judged by
MANY = 2_000  # releases that it pays to judge one by one
UNIT = -1  # `rid` of a result that is about more than one release
LIVING = {"org", "result", "quarantine", *schema.AS_READ}  # tables without releases that every ingest may write
RESULT = schema.SCHEMAS["result"]


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did. `raised` and `gone`: (code, group, id); `newer`: releases that flags that compare do not
    know; `is_whole`: everything was judged anew, so `raised` and `gone` are not told.
    """

    report: Report
    n_new: int
    n_replaced: int
    newer: int
    is_whole: bool
    raised: tuple[tuple[str, str, str], ...] = ()
    gone: tuple[tuple[str, str, str], ...] = ()


class Updater:
    """Takes releases into a store and keeps its results. Opening reads what it must know (seconds, for millions of
    releases); then each update costs what it touches. `codes`: these flags alone; `share`: see `SHARE`.
    """

    def __init__(
        self,
        store: Store,
        codes: Sequence[str] = (),
        *,
        share: float = SHARE,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.store, self.codes, self.share, self._tell = store, tuple(codes), share, tell
        self._seen = b""

    def update(self, sources: Iterable[str | Path], *, format: str = "auto", whole: bool = False) -> Change:  # noqa: A002
        """Read sources, and judge what they touch; `whole`: judge everything anew. Errors as for `ingest`."""
        store, sources = self.store, list(sources)
        with changing(store):
            self._open()
            self._seen = b""  # until this is done
            hidden, first = set(store.manifest.hidden), store.manifest.next_rid
            writer = Writer(store, known=self._known, directory=self._directory)
            with self._parts.listening() as new:
                report = read_in(writer, sources, Formats(format, Progress(), store), workers=_workers(sources))
            rids = new["release"]["rid"] if "release" in new else pa.chunked_array([], pa.int64())
            replaced = sorted(set(store.manifest.hidden) - hidden)
            change = self._judge(report, new, replaced, len(rids) - len(replaced), first, whole=whole)
            compact(store)
            merge_small(store)
            store.save()
            self._remember()
            return change

    # opening

    def _open(self) -> None:
        """Read what must be known, where the store is not as this updater left it."""
        if self._seen == msgspec.json.encode(self.store.manifest):
            return
        store = self.store
        self._known, self._directory, self._parts = Index(store), Directory(store), Parts(store)
        self._script = kept.script_of(store, self.codes)
        self._digest = kept.digest_of(store, self.codes)
        lists = {name: self._parts.whole(name) for name in _lists()}
        self._judge_alone = Judge(kept.script_alone(store, self.codes), lists)
        # There is no such release; after it the first correction need not look at the range of every part.
        self._parts.rows_of([UNIT], self._judge_alone.reads)

    def _remember(self) -> None:
        self._seen = msgspec.json.encode(self.store.manifest)
        if not self._parts.still_there():
            self._seen = b""  # parts were written anew: read them again next time

    # judging

    def _judge(
        self,
        report: Report,
        new: Mapping[str, pa.Table],
        replaced: Sequence[int],
        n_new: int,
        first: int,
        *,
        whole: bool,
    ) -> Change:
        judged, n = self.store.manifest.judged, n_new + len(replaced)
        newer = n + (judged.newer if judged else 0)
        is_known = judged and (judged.script, judged.next_rid, judged.lists) == (self._digest, first, self._lists())
        if whole or not is_known or n > MANY or newer > self.share * self.store.manifest.next_rid:
            self._whole()
            return Change(report, n_new, len(replaced), 0, is_whole=True)
        assert judged is not None
        before = self._alone(self._parts.rows_of(replaced, self._judge_alone.reads))
        after = self._alone({name: table for name, table in new.items() if name in self._judge_alone.reads})
        for old in before:
            _count(judged.counts[old.code], old, -1)
        for found in after:
            _count(judged.counts[found.code], found, 1)
        rows = _rows(after)
        self.store.write({"result": rows})
        judged.next_rid, judged.newer = self.store.manifest.next_rid, newer
        was, now = _units(_rows(before)), _units(rows)
        return Change(
            report, n_new, len(replaced), newer, False, raised=tuple(sorted(now - was)), gone=tuple(sorted(was - now))
        )

    def _alone(self, tables: Mapping[str, pa.Table]) -> list[Outcome]:
        """The outcomes of flags that judge a process alone, over these releases."""
        if "release" not in tables:
            return []
        return self._judge_alone.judge(dict(tables) | {"org": self._organisations(tables)})

    def _organisations(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """What the store knows of the organisations that these rows name."""
        oids = {
            oid
            for table in tables.values()
            for name in table.column_names
            if name == "oid" or name.endswith("_oid")
            for oid in table[name].to_pylist()
        }
        return self._parts.organisations(oids - {None})

    def _whole(self) -> None:
        """Judge everything anew."""
        store = self.store
        with connected(store) as engine:
            found = outcomes(self._script, engine, self._tell)
        store.manifest.parts["result"] = []
        store.write({"result": _rows(found)})
        counts = {o.code: Count(o.flagged, o.clear, dict(o.missing)) for o in found}
        store.manifest.judged = Judged(self._digest, store.manifest.next_rid, self._lists(), 0, counts)

    def _lists(self) -> list[str]:
        return [part for name in _lists() for part in self.store.manifest.parts.get(name, [])]


def current(store: Store) -> pa.Table:
    """What the flags of a store that is kept up to date found: the columns of `results.rows`."""
    hidden = pa.array(store.manifest.hidden, pa.int64())
    files = store.files("result")
    found = pa.concat_tables([RESULT.empty_table(), *(pq.read_table(file) for file in files)])
    found = found.filter(pc.invert(pc.is_in(found["rid"], value_set=hidden)))
    return results.in_order(found.select([*results.COLUMNS.names, *results.DETAILS]))


def _lists() -> list[str]:
    """The tables of lists and budgets: what is no release, no organisation and no result."""
    return [name for name, columns in schema.SCHEMAS.items() if "rid" not in columns.names and name not in LIVING]


def _rows(found: Iterable[Outcome]) -> pa.Table:
    parts = [RESULT.empty_table()]
    for o in found:
        columns = {name: o.rows[name] for name in RESULT.names if name != "code"}
        columns["rid"] = columns["rid"].fill_null(UNIT)
        parts.append(pa.table({"code": pa.array([o.code] * o.rows.num_rows, pa.string()), **columns}).cast(RESULT))
    return pa.concat_tables(parts)


def _units(rows: pa.Table) -> set[tuple[str, str, str]]:
    return set(zip(*(rows[name].to_pylist() for name in ("code", "group", "id")), strict=True))


def _count(count: Count, found: Outcome, sign: int) -> None:
    """Add an outcome to a count, or take it away."""
    count.flagged += sign * found.flagged
    count.clear += sign * found.clear
    for why, n in found.missing.items():
        count.missing[why] = count.missing.get(why, 0) + sign * n
        if not count.missing[why]:
            del count.missing[why]


def _workers(sources: Iterable[str | Path]) -> int | None:
    """One for files of less than a megabyte, for which other processes are not worth their start."""
    return 1 if all(Path(s).is_file() and Path(s).stat().st_size < 1 << 20 for s in sources) else None
