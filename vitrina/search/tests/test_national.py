# SPDX-License-Identifier: Apache-2.0
"""A store behind the search: every contract once, the same store again nothing, another in its place."""

from __future__ import annotations

from vitrina.insight.store import Store
from vitrina.search import national
from vitrina.search.finding import Wanted, find, one
from vitrina.search.folder import Folder

from .stores import small_store


def test_each_contract_is_found_by_what_it_is_and_a_store_is_loaded_once(tmp_path):
    root, told = tmp_path / "search", []
    store = small_store(tmp_path / "store")

    first = national.load(store, root, lambda done, of: told.append((done, of)))
    again = national.load(store, root)

    assert (first, again, told) == ((4, False), (4, True), [(3, 3)])
    index = Folder(national.current(root)).open()
    for query, ids in {
        "medicina": ["ocds-x-0/C/0"], "insulina": ["ocds-x-0/C/0"], "fma-770707-pl9 aseo": ["ocds-x-1/C/1"],
        "la 019gyr019 e1 2019": ["ocds-x-1/C/1"], "25301-0009": ["ocds-x-0/C/0"], "pavimento": ["ocds-x-2/C/2", "ocds-x-2/C/2~2"],
    }.items():  # fmt: skip
        assert sorted(hit.body["id"] for hit in find([index], Wanted(query)).hits) == ids, query
    found = find([index], Wanted(filters={"place": ("Coahuila",), "year": ("2019",)}))
    assert (found.total, found.contracted) == (4, 600_000_00)  # dollars are not added to pesos
    body = one(index, "ocds-x-0/C/0")
    assert (body["buyer"], body["suppliers"], body["centavos"], body["signed"], body["is_synthetic"]) == (
        "Instituto Inventado", [{"id": "P1", "key": "MX-RFC-FMA770707PL9", "name": "Farmacia Mayor, S.A.", "rfc": "FMA770707PL9"}], 100_000_00, "2019-05-02", True,
    )  # fmt: skip

    small_store(tmp_path / "other", more=2)
    assert national.load(Store(tmp_path / "other"), root) == (6, False)
    assert len(list(root.glob("national-*"))) == 1
    assert national.forget(root)
    assert national.current(root) is None
