# SPDX-License-Identifier: Apache-2.0
"""A file becomes ledger entries once; everything the public sees of it derives from them and can be rebuilt."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from tests.shared import assert_valid_release
from vitrina.compranet.refusals import UnreadableFileError
from vitrina.compranet.tests.files import CONTRACT_21, CONTRACT_45, PROCEDURE_37, UNIT, csv_text
from vitrina.history import commands, queries
from vitrina.history.commands import import_file
from vitrina.history.models import ImportedRow, ImportRun, RejectedRow
from vitrina.kernel.canonical import parse
from vitrina.ledger.models import Entry, Record, Release
from vitrina.ledger.projections import rebuild
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.portal.models import PurchaseCard, SupplierCard
from vitrina.portal.projection import stage_after

AT = datetime(2026, 3, 2, 18, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def number(n):
    return f"LA-50-ZZZ-{UNIT}-N-{n}-2026"


def contract(n, **changes):
    """Contract n: two of each procedure, thirty suppliers of which a third have no RFC."""
    supplier = n % 30
    return CONTRACT_21 | {
        "Número de procedimiento": number(n // 2),
        "Proveedor o contratista": f"PROVEEDORA INVENTADA {supplier} SA DE CV",
        "rfc": "XXXXXXXXXXXX" if supplier % 3 == 0 else f"PIN0101{supplier + 1:02}AB1",
        "Importe DRC": f"{1000 + n}.5",
        "Descripción del contrato": f"CONTRATO DE PRUEBA {n}",
        "Dirección del anuncio": f"https://compras.example/detalle/{n:032x}/procedimiento",
        **changes,
    }


def procedure(n, **changes):
    return PROCEDURE_37 | {
        "Núm. Proc. Proyecto": number(n),
        "Nombre anuncio": f"COMPRA DE PRUEBA {n}",
        "Dirección anuncio": f"https://compras.example/detalle/{10**6 + n:032x}/procedimiento",
        "Estatus procedimiento": "ADJUDICADO",
        **changes,
    }


def written(tmp_path, layout, rows, name="prueba.csv"):
    path = tmp_path / name
    path.write_text(csv_text(layout, rows), encoding="utf-8")
    return path


def counts(run):
    return run.rows_in, run.kept, run.already_there, run.duplicates, run.rejected


def compiled(n):
    return Record.objects.get(ocid=f"ocds-vt0001-{number(n)}").compiled


def test_two_files_of_one_history_load_once_and_the_public_sees_them(tmp_path):
    bad = [contract(900, **{"Importe DRC": "mucho"}), contract(901, **{"Fecha de inicio del contrato": "31/02/2026"})]
    procedures = written(tmp_path, "procedures_37", [procedure(n) for n in range(40)], "procedimientos.csv")
    contracts = written(tmp_path, "contracts_21", [contract(n) for n in range(140)] + [contract(0), *bad])

    first, second = import_file(procedures, at=AT), import_file(contracts, at=AT)

    assert counts(first.run) == (40, 40, 0, 0, 0)
    assert counts(second.run) == (143, 140, 0, 1, 2)
    assert second.summary.balanced
    catch_up()
    assert (verify().entries, verify().finding) == (180, None)
    assert PurchaseCard.objects.count() == 70
    for body in Release.objects.values_list("body", flat=True):
        assert_valid_release(parse(body))
    assert all(before == after for before, after in rebuild().values())

    before = Entry.objects.count(), ImportedRow.objects.count(), RejectedRow.objects.count()
    assert counts(import_file(procedures, at=AT).run) == (40, 0, 40, 0, 0)
    assert counts(import_file(contracts, at=AT).run) == (143, 0, 140, 1, 2)
    assert before == (Entry.objects.count(), ImportedRow.objects.count(), RejectedRow.objects.count())


def test_cards_say_what_the_file_said(tmp_path):
    import_file(written(tmp_path, "procedures_37", [procedure(3)], "p.csv"), at=AT)
    import_file(written(tmp_path, "contracts_21", [contract(n) for n in (6, 7, 40)]), at=AT)
    catch_up()

    both = PurchaseCard.objects.get(number=number(3))
    assert (both.title, both.stage, both.is_imported) == ("COMPRA DE PRUEBA 3", "history", True)
    assert (both.amount_centavos, both.amount_kind, both.currency) == (100650 + 100750, "contract", "MXN")
    assert (both.buyer_key, both.unit_key, both.year) == ("MX-INST-050ZZZ", f"MX-UC-{UNIT}", 2026)
    alone = PurchaseCard.objects.get(number=number(20))
    assert alone.title == "CONTRATO DE PRUEBA 40"  # a purchase known by its contract alone has the contract's title
    assert alone.year == 2026
    assert {c["title"] for c in compiled(3)["contracts"]} == {"CONTRATO DE PRUEBA 6", "CONTRATO DE PRUEBA 7"}


def test_a_supplier_has_one_stable_key_with_or_without_rfc(tmp_path):
    rows = [contract(n, rfc="") for n in (0, 30)] + [contract(n) for n in (1, 31)]
    rows[1]["Proveedor o contratista"] = "Proveedora  Inventada 0, S.A. de C.V."  # the name of row 0, spelt otherwise
    path = written(tmp_path, "contracts_21", rows)

    import_file(path, at=AT)
    catch_up()

    cards = {card.key[:8]: card for card in SupplierCard.objects.all()}
    assert set(cards) == {"MX-NAME-", "MX-RFC-P"}
    assert [(c.n_contracts, c.total_centavos) for c in cards.values()] in (
        [(2, 100050 + 103050), (2, 100150 + 103150)],
        [(2, 100150 + 103150), (2, 100050 + 103050)],
    )
    assert cards["MX-NAME-"].name == "Proveedora Inventada 0, S.A. de C.V."  # as the latest purchase spells it


def test_a_changed_row_is_a_new_entry_of_the_same_purchase(tmp_path):
    import_file(written(tmp_path, "procedures_37", [procedure(1, **{"Estatus procedimiento": "VIGENTE PAP"})]), at=AT)
    catch_up()
    assert PurchaseCard.objects.get().status == "active"

    later = import_file(written(tmp_path, "procedures_37", [procedure(1)]), at=AT + timedelta(days=9))
    catch_up()

    assert counts(later.run) == (1, 1, 0, 0, 0)
    assert list(Entry.objects.order_by("id").values_list("seq", flat=True)) == [1, 2]
    assert PurchaseCard.objects.get().status == "complete"
    older = import_file(
        written(tmp_path, "procedures_37", [procedure(1, **{"Estatus procedimiento": "VIGENTE PAP"})]), at=AT
    )
    assert counts(older.run) == (1, 0, 1, 0, 0)  # a state that was already told is not told again


def test_the_same_contract_in_another_layout_is_not_a_second_contract(tmp_path):
    old = CONTRACT_45 | {"Importe DRC": "100"}
    shared = {
        "Número de procedimiento": old["Número de procedimiento"],
        "Proveedor o contratista": "Prueba Inventada, Juana",
        "Fecha de inicio del contrato": old["Fecha de inicio del contrato"],
        "Importe DRC": "100.00",
    }
    import_file(written(tmp_path, "contracts_45", [old]), at=AT)

    run = import_file(written(tmp_path, "contracts_21", [CONTRACT_21 | shared]), at=AT).run

    assert counts(run) == (1, 0, 1, 0, 0)


def test_an_import_cut_short_goes_on_where_it_stood(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "FIRST_BATCH", 30)
    path = written(tmp_path, "contracts_21", [contract(n) for n in range(100)])

    def interrupt(_line, _lines, _rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(path, at=AT, progress=interrupt)
    assert Entry.objects.count() == ImportedRow.objects.count() == 30
    assert ImportRun.objects.get().finished_at is None

    steps = []
    outcome = import_file(path, at=AT, progress=lambda *now: steps.append(now))
    assert counts(outcome.run) == (100, 70, 30, 0, 0)
    assert steps[-1] == (101, 101, 100)


def test_two_imports_of_one_file_at_once_write_each_row_once(tmp_path):
    path = written(tmp_path, "contracts_21", [contract(n) for n in range(120)])
    runs = []

    def load():
        runs.append(import_file(path, at=AT).run)
        connection.close()

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run.kept for run in runs) == Entry.objects.count() == 120
    assert sum(run.already_there for run in runs) == 240


def test_rejected_rows_are_kept_with_line_field_and_reason_up_to_a_cap(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "MOST_REJECTED", 3)
    rows = [contract(n, **{"Importe DRC": "1e309"}) for n in range(5)] + [contract(9)]
    rows[0]["Descripción del contrato"] = "nulo \x00 y \x1b[31mrojo" + "x" * 5000
    heard = []

    run = import_file(written(tmp_path, "contracts_21", rows), at=AT, rejected=heard.append).run

    assert counts(run) == (6, 1, 0, 0, 5)
    assert len(heard) == 5
    kept = list(queries.rejections(run))
    assert [(r.line, r.field, r.reason) for r in kept] == [
        (2, "Descripción del contrato", "control_character"),
        (3, "Importe DRC", "not_an_amount"),
        (4, "Importe DRC", "not_an_amount"),
    ]
    assert kept[1].sentence() == "«1e309» no es un importe."
    assert "\x1b" not in kept[0].text
    assert len(kept[0].text) == 1000


def test_an_unreadable_file_leaves_nothing(tmp_path):
    path = tmp_path / "otra.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableFileError):
        import_file(path, at=AT)
    assert not ImportRun.objects.exists()


def test_numbers_that_are_no_numbers_do_not_join_two_buyers(tmp_path):
    rows = [
        contract(n, **{"Número de procedimiento": "S/N", "Clave de la UC": unit})
        for n, unit in ((1, UNIT), (2, "051AAA002"))
    ]
    import_file(written(tmp_path, "contracts_21", rows), at=AT)
    streams = set(Entry.objects.values_list("stream", flat=True))
    assert streams == {f"ocid:ocds-vt0001-S-N-{UNIT}", "ocid:ocds-vt0001-S-N-051AAA002"}


def test_entries_are_told_in_both_languages(tmp_path):
    import_file(written(tmp_path, "procedures_37", [procedure(1)], "p.csv"), at=AT)
    import_file(written(tmp_path, "contracts_21", [contract(1, **{"Importe DRC": ""})]), at=AT)
    first, second = (entry.event for entry in Entry.objects.order_by("id"))

    with translation.override("es"):
        assert first.sentence() == f"IDP publicó la licitación pública {number(1)} (importado de CompraNet)"
        assert first.detail().startswith("Estado en la fuente: Adjudicado. Apertura de proposiciones: 16")
        assert "contrató a PROVEEDORA INVENTADA 1 SA DE CV por un importe que la fuente no dice" in second.sentence()
        assert second.detail().startswith("Firmado el 10")
    with translation.override("en"):
        assert first.sentence() == f"IDP published the open tender {number(1)} (imported from CompraNet)"
    assert first.record.source.file == "p.csv"
    assert first.record.source.line == 2


def test_what_is_imported_never_takes_the_place_of_what_was_done_here():
    assert stage_after("", "procedure.imported") == "history"
    assert stage_after("tendering", "contract.imported") == "tendering"
    assert stage_after("history", "plan_line.published") == "planning"
    assert stage_after("opening", "kind.of.a.later.version") == "opening"
