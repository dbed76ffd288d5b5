# SPDX-License-Identifier: Apache-2.0
"""Everything public as files: all forms say what the database says, they are renewed by difference, and served whole."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import rdflib
from django.test import Client
from pyshacl import validate
from rdflib.compare import isomorphic

from tests.acts.conftest import Told
from tests.docs.mirroring import AT, line
from tests.worlds.base import reach_planning
from tests.worlds.once import rolled_back
from tests.worlds.placing import place_here
from vitrina.api.dumps import make as making
from vitrina.api.dumps.acts import told_between
from vitrina.api.dumps.folder import Busy, File, Folder, Manifest
from vitrina.api.dumps.make import make
from vitrina.api.dumps.tables import TABLES
from vitrina.api.dumps.writing import cell
from vitrina.cycle.planning.events import PlanLineModified
from vitrina.ledger.append import append
from vitrina.ledger.commands import OPERATOR, erase
from vitrina.ledger.models import Entry, Leaf, Position, Record, Release
from vitrina.site import paths

CANARY = "CANARIO-7731"
SHAPES = paths.ROOT / "vitrina" / "api" / "tests" / "dcat_ap.ttl"


@pytest.fixture(scope="module")
def taken(told: Told, tmp_path_factory: Any) -> tuple[Path, Manifest]:
    """The folder of a first generation over every story, and its manifest. Read only."""
    folder = tmp_path_factory.mktemp("take") / "files"
    return folder, make(folder)


def lines(folder: Path, file: File) -> list[bytes]:
    return gzip.decompress((folder / file.path).read_bytes()).splitlines()


def rows(folder: Path, file: File) -> list[dict[str, str]]:
    """A table of CSV."""
    text = gzip.decompress((folder / file.path).read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def names(manifest: Manifest) -> dict[str, File]:
    return {file.name: file for file in manifest.files}


def compiled() -> Iterator[dict[str, Any]]:
    yield from Record.objects.order_by("ocid").values_list("compiled", flat=True)


def test_every_form_has_the_rows_of_the_database(taken: tuple[Path, Manifest]) -> None:
    folder, manifest = taken
    by_name = names(manifest)
    assert sorted(lines(folder, by_name["releases.jsonl.gz"])) == sorted(
        body.encode() for body in Release.objects.values_list("body", flat=True)
    )
    records = [json.loads(line) for line in lines(folder, by_name["records.jsonl.gz"])]
    assert sorted((r["compiledRelease"] for r in records), key=lambda c: c["ocid"]) == list(compiled())
    assert sum(len(r["releases"]) for r in records) == Release.objects.count()
    told = [json.loads(line) for line in lines(folder, by_name["acts-00001.jsonl.gz"])]
    assert told == list(told_between(0, Position.objects.count()))

    for table in TABLES:
        text, columns = by_name[f"{table.name}.csv.gz"], by_name[f"{table.name}.parquet"]
        stored = pq.read_table(folder / columns.path)
        as_text = [{k: cell(v) for k, v in row.items()} for row in stored.to_pylist()]
        assert rows(folder, text) == as_text, table.name
        of_years = [f for f in manifest.of(table.name) if f.year and f.format == "csv"]
        assert text.rows == columns.rows == stored.num_rows == sum(f.rows for f in of_years)
        assert stored.num_rows, f"no story has rows of {table.name}"

    # counted and summed without our tables
    tenders = [c.get("tender", {}) for c in compiled()]
    contracts = [x for c in compiled() for x in c.get("contracts", [])]
    paid = [t for x in contracts for t in x.get("implementation", {}).get("transactions", [])]
    counted = {"purchases": len(tenders), "items": sum(len(t.get("items", [])) for t in tenders),
               "bids": sum(len(c.get("bids", {}).get("details", [])) for c in compiled()),
               "contracts": len(contracts), "payments": len(paid)}  # fmt: skip
    assert {name: by_name[f"{name}.parquet"].rows for name in counted} == counted
    amounts = pq.read_table(folder / by_name["payments.parquet"].path)["amount"].to_pylist()
    events = [e.event for e in Entry.objects.filter(kind="payment.made")]
    assert sum(amounts) * 100 == sum(e.amount.centavos for e in events) > 0
    assert all(isinstance(amount, Decimal) for amount in amounts)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own reader of JSON-LD
def test_manifest_checksums_package_and_catalogue_describe_the_files(taken: tuple[Path, Manifest]) -> None:
    folder, manifest = taken
    check = ["sha256sum", "--quiet", "--strict", "--check", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    assert {f"archivos/{p.name}" for p in (folder / "archivos").iterdir()} == {f.path for f in manifest.files}
    assert manifest.position == Position.objects.count()
    last = Position.objects.filter(entry__release_id__in=Release.objects.values("release_id")).latest("position")
    assert max(f.position for f in manifest.of("releases")) == last.position

    package = json.loads((folder / "datapackage.json").read_bytes())
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert len(resources) == len(manifest.files), "names of resources are not unique"
    parse = {"string": str, "integer": int, "number": Decimal, "boolean": {"true": 1, "false": 0}.__getitem__}
    for file in manifest.files:
        told = resources[file.name.removesuffix(".gz")]
        assert (told["path"], told["bytes"], told["hash"]) == (file.path, file.bytes, f"sha256:{file.sha256}")
        if file.format == "csv" and not file.year:
            fields = {field["name"]: field["type"] for field in told["schema"]["fields"]}
            for row in rows(folder, file):
                assert list(row) == list(fields)
                for name, value in row.items():
                    if value and fields[name] == "datetime":
                        assert value.endswith("Z")
                    elif value:
                        parse[fields[name]](value)

    graph = rdflib.Graph().parse(folder / "catalog.ttl")
    conforms, _graph, why = validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES))
    assert conforms, why
    assert isomorphic(graph, rdflib.Graph().parse(folder / "catalog.jsonld"))
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert len(set(graph.subjects(rdflib.RDF.type, dcat.Distribution))) == len(manifest.files)
    graph.remove((None, dcat.accessURL, None))
    assert not validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES))[0], "the shapes refuse nothing"


def test_files_are_renewed_by_difference_and_a_run_that_breaks_off_changes_nothing(
    told: Told, taken: tuple[Path, Manifest], monkeypatch: Any, settings: Any
) -> None:
    folder, first = taken
    before = {p: p.stat().st_ino for p in (folder / "archivos").iterdir()}
    assert make(folder).files == first.files
    assert {p: p.stat().st_ino for p in (folder / "archivos").iterdir()} == before

    with rolled_back():
        process = reach_planning(told.world)
        append(process.stream, PlanLineModified(line=line(CANARY, 2020), reason="Ajuste."), actor=OPERATOR, at=AT)
        place_here()
        pinned = (folder / "manifest.json").read_bytes()

        def full(*_what: Any, **_more: Any) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Folder, "follow", full)
            with pytest.raises(OSError, match="No space"):
                make(folder)
        assert (folder / "manifest.json").read_bytes() == pinned
        with Folder(folder).alone(), pytest.raises(Busy):
            make(folder)

        second = make(folder)
        changed = {f.name for f in second.files} - {f.name for f in second.files if f in first.files}
        years = {f.year for f in second.files if f.name in changed and f.year}
        assert len(years) == 1 and years < {f.year for f in second.files}
        assert {"releases.jsonl.gz", "purchases.parquet", "acts-00001.jsonl.gz"} <= changed
        assert "payments.csv.gz" not in changed
        assert all(Folder(folder).holds(file) for file in first.files), "the former files went at once"

        # a content that is withdrawn goes from the next files and from those that were kept
        row = Position.objects.latest("position")
        assert everything(folder).count(CANARY) > 5
        Leaf.objects.get_or_create(position=row.position, defaults={"data": "{}"})
        erase(row.position, reason="leak", authority="Juzgado", actor=OPERATOR, at=row.entry.at)
        place_here()
        settings.DUMP_DIR = folder
        path = next(f.path for f in second.files if f.name == "releases.jsonl.gz")
        assert Client().get(f"/datos/{path}").status_code == 503
        making.renew_after_erasure()
        assert CANARY not in everything(folder)
        assert Client().get(f"/datos/{path}").status_code == 404
        assert {f"archivos/{p.name}" for p in (folder / "archivos").iterdir()} == {
            f.path for f in Folder(folder).manifest().files
        }
    assert make(folder).files == first.files  # another history: nothing of it stays


def everything(folder: Path) -> str:
    """All that the files say."""
    packed = b"\n".join(gzip.decompress(p.read_bytes()) for p in sorted((folder / "archivos").glob("*.gz")))
    tables = [str(pq.read_table(p).to_pylist()) for p in (folder / "archivos").glob("*.parquet")]
    return "\n".join([packed.decode(), *tables])


def test_a_broken_download_goes_on_even_when_newer_files_have_come(
    told: Told, taken: tuple[Path, Manifest], settings: Any
) -> None:
    folder, manifest = taken
    settings.DUMP_DIR = folder
    client, file = Client(), names(manifest)["releases.jsonl.gz"]
    address, whole = f"/datos/{file.path}", (folder / file.path).read_bytes()
    listed = {row["url"]: row.get("sha256") for row in client.get("/api/v1/downloads").json()["results"]}
    assert listed[f"http://127.0.0.1:8000{address}"] == file.sha256
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == whole
    tag, size = answer["ETag"], len(whole)
    assert (answer["Accept-Ranges"], answer["Content-Type"]) == ("bytes", "application/gzip")
    assert "immutable" in answer["Cache-Control"]

    rest = client.get(address, headers={"range": "bytes=1000-", "if-range": tag})
    assert (rest.status_code, rest["Content-Range"]) == (206, f"bytes 1000-{size - 1}/{size}")
    assert b"".join(rest.streaming_content) == whole[1000:]
    other = client.get(address, headers={"range": "bytes=1000-", "if-range": '"another"'})
    assert other.status_code == 200
    assert client.get(address, headers={"range": f"bytes={size}-"}).status_code == 416
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    assert client.get(address, headers={"if-modified-since": answer["Last-Modified"]}).status_code == 304

    newest = client.get("/datos/releases.jsonl.gz")
    assert (newest.status_code, newest["Location"]) == (302, address)
    for name in ("..%2Fmanifest.json", ".lock", "nada.jsonl.gz", "releases.0000000000000000.jsonl.gz"):
        assert client.get(f"/datos/archivos/{name}").status_code == 404
    for name in ("manifest.json", "datapackage.json", "catalog.ttl", "catalog.jsonld", "SHA256SUMS"):
        assert b"".join(client.get(f"/datos/{name}").streaming_content) == (folder / name).read_bytes()

    with rolled_back():
        reach_planning(told.world)
        place_here()
        make(folder)
        again = client.get(address, headers={"range": "bytes=1000-", "if-range": tag})
        assert b"".join(again.streaming_content) == whole[1000:]
    make(folder)


def test_the_page_says_what_there_is_and_until_which_act(taken: tuple[Path, Manifest], settings: Any) -> None:
    folder, manifest = taken
    settings.DUMP_DIR = folder
    text = Client().get("/datos/").content.decode()
    purchases = Record.objects.count()
    assert f"{purchases} compras hasta el acto n.º {manifest.position:,}" in text
    for file in manifest.files:
        assert f"/datos/{file.path}" in text
    data = json.loads(text.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["@type"] == "Dataset"
    assert {d["sha256"] for d in data["distribution"]} == {
        f.sha256 for f in manifest.files if not f.year and not f.part
    }
    settings.DUMP_DIR = folder / "none"
    assert "por primera vez" in Client().get("/datos/").content.decode()
