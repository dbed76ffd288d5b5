# SPDX-License-Identifier: Apache-2.0
"""Flags over a store by scripts that are kept beside its tables: whoever asks again does not wait for their writing.

A script is kept under the digest of all that it was written from: the code of the rules, the law, the parameters, the
place, the versions of what writes SQL. The code changes, and the next run writes another.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.insight.store import Store
from vitrina.insight.store.views import connected
from vitrina.kernel import ids

from . import results
from .outcome import Outcome
from .registry import named
from .script import Script, Step, outcomes, played
from .settings import Settings, asked_for

FOLDER = "statements"
MOST = 8  # scripts of a store, before the oldest goes
ROOT = Path(__file__).parents[2]
WRITTEN_FROM = ("insight", "law", "kernel")
VERSIONS = ("ibis-framework", "sqlglot", "duckdb")
Tell = Callable[[str], None]


class _File(msgspec.Struct):
    steps: list[Step]
    held: list[str]


def judged(store: Store, codes: Sequence[str] = (), tell: Tell | None = None) -> list[Outcome]:
    """The outcomes of these flags over a store, all when none are named."""
    script = script_of(store, codes)
    with connected(store) as engine:
        return outcomes(script, engine, tell)


def script_of(store: Store, codes: Sequence[str]) -> Script:
    """The script of these flags at the place of a store: the one that is kept, else written now and kept."""
    place, codes = store.manifest.place, named(codes)

    def write() -> Script:
        from .registry import chosen  # noqa: PLC0415 - the rules import for a second
        from .writing import written  # noqa: PLC0415

        return written(chosen(codes), place=place)

    return _kept(store, "flags", [place, *codes], write)


def script_alone(store: Store, codes: Sequence[str]) -> Script:
    """The script for SQLite of those of these flags that judge a process by its own release."""
    place, codes = store.manifest.place, named(codes)

    def write() -> Script:
        from .registry import chosen  # noqa: PLC0415
        from .writing import LiteScribe, written  # noqa: PLC0415

        return written([flag for flag in chosen(codes) if flag.alone], place=place, make=LiteScribe)

    return _kept(store, "alone", [place, *codes], write)


def digest_of(store: Store, codes: Sequence[str]) -> str:
    """What tells one script of flags from another: it changes with the rules, the law and the place."""
    return _digest([store.manifest.place, *named(codes)])


def cardinal(store: Store, settings: Settings, codes: Sequence[str] = ()) -> pa.Table:
    """What Cardinal finds in a store: see `cardinal.run`."""
    if settings.currency is None:
        settings = _with_currency(store, settings)
    wanted, is_mended = asked_for(settings, codes), bool(store.files("repair"))

    def write() -> Script:
        from .writing import written_of_cardinal  # noqa: PLC0415

        return written_of_cardinal(settings, wanted, is_mended=is_mended)

    asked = [msgspec.json.encode(settings).decode(), str(is_mended), *wanted]
    script = _kept(store, "cardinal", asked, write)
    with connected(store) as engine:
        found = [(code, engine.sql(sql).to_arrow_table()) for code, sql in played(script, engine)]
    return results.of_indicators(found)


def _with_currency(store: Store, settings: Settings) -> Settings:
    from .cardinal import view_of  # noqa: PLC0415

    with store.tables() as t:
        return view_of(t, settings).settings


def _kept(store: Store, kind: str, asked: Sequence[str], write: Callable[[], Script]) -> Script:
    folder = store.path / FOLDER / f"{kind}-{_digest(asked)}"
    if folder.is_dir():
        os.utime(folder)
        return _read(folder)
    script = write()
    if os.access(store.path, os.W_OK):
        _write(script, folder)
    return script


def _digest(asked: Sequence[str]) -> str:
    """Of what a script is written from."""
    found = hashlib.sha256(repr((list(asked), [version(name) for name in VERSIONS])).encode())
    for name in WRITTEN_FROM:
        for folder, inside, files in os.walk(ROOT / name):
            inside[:] = sorted(set(inside) - {"tests", "__pycache__"})
            for file in sorted(files):
                found.update(Path(folder, file).read_bytes())
    return found.hexdigest()[:24]


def _read(folder: Path) -> Script:
    file = msgspec.json.decode((folder / "script.json").read_bytes(), type=_File)
    held = {name: pq.read_table(folder / f"{name}.parquet") for name in file.held}
    return Script(file.steps, held)


def _write(script: Script, folder: Path) -> None:
    """Keep a script, whole or not at all, and no more than `MOST` of them."""
    part = folder.with_name(f".{folder.name}.{ids.token(4)}")
    part.mkdir(parents=True)
    for name, table in script.held.items():
        pq.write_table(table, part / f"{name}.parquet", compression="zstd")
    told = _File(list(script.steps), list(script.held))
    (part / "script.json").write_bytes(msgspec.json.encode(told))
    try:
        part.rename(folder)
    except OSError:  # another run was first
        shutil.rmtree(part)
    others = sorted(folder.parent.glob("[a-z]*-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[MOST:]:
        shutil.rmtree(old, ignore_errors=True)
