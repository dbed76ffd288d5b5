# SPDX-License-Identifier: Apache-2.0
"""The official files as they were published, with the counts that are known of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.shared import shared
from vitrina.insight.lists.add import add
from vitrina.insight.store import Store

CUT = date(2026, 1, 31)
# file: kind, rows, in quarantine, told twice. Of the 986 rows of the presumed 20 are blank.
FILES = {
    "sat_69b_definitivos_full": ("tax", 11_336, 74, 0),
    "sat_69b_presuntos_full": ("tax", 966, 15, 0),
    "sat_69b_desvirtuados_full": ("tax", 340, 0, 0),
    "sat_69b_3col": ("tax", 11_336 + 1_638 + 966 + 340, 238, 11),
    "sancionados_2026": ("sanction", 2_395, 0, 0),
    "sancionados_2021_malformed": ("sanction", 1_953, 27, 0),
    "sancionados_2017": ("sanction", 1_504, 5, 0),
}


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_an_official_file_is_accounted_for(name: str, tmp_path: Path) -> None:
    kind, read, bad, twice = FILES[name]
    store = Store.create(tmp_path / "store")
    done = add(store, kind, shared(f"data/mexico/{name}.csv.gz"), cut=CUT)
    s = done.source
    assert (s.n_read, s.n_quarantined, s.n_duplicates) == (read, bad, twice)
    assert s.n_read == s.n_stored + s.n_quarantined + s.n_duplicates


def test_the_stages_of_the_short_list_are_as_published(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    add(store, "tax", shared("data/mexico/sat_69b_3col.csv.gz"), cut=CUT)
    kept = Counter(pq.read_table(store.files("tax_list")[0])["stage"].to_pylist())
    lost = pq.read_table(store.files("quarantine")[0])["excerpt"].to_pylist()
    assert kept["definitive"] + sum("Definitivo" in row for row in lost) == pytest.approx(11_336, abs=11)
    assert kept["cleared"] == 340


def test_the_full_list_tells_its_own_day_and_two_dates_that_a_spreadsheet_made_numbers(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    assert add(store, "tax", shared("data/mexico/sat_69b_definitivos_full.csv.gz")).cut == CUT
    table = pq.read_table(store.files("tax_list")[0])
    assert table["presumed"].null_count == 0
    assert sum(day is None for day in table["definitive"].to_pylist()) == 236  # not in the DOF yet


def test_a_quarter_of_the_sanctions_of_2026_are_fines_alone(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    add(store, "sanction", shared("data/mexico/sancionados_2026.csv.gz"))
    ends = pq.read_table(store.files("sanction")[0])["end"]
    assert ends.null_count / len(ends) == pytest.approx(0.23, abs=0.005)
