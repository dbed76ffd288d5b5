# SPDX-License-Identifier: Apache-2.0
"""A site. Written by `make client` from the API's description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from . import shapes
from .transport import Transport, quoted


class Vitrina(Transport):
    """A site by its address: each operation of its API is a method."""

    def search(
        self,
        *,
        q: str | None = None,
        status: list[str] | None = None,
        buyer: list[str] | None = None,
        method: list[str] | None = None,
        category: list[str] | None = None,
        band: list[str] | None = None,
        place: list[str] | None = None,
        year: list[str] | None = None,
        order: Literal["best", "recent", "amount"] | None = None,
        exact: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Found:
        """Search over everything. Purchases of this installation and contracts of the national store,
        with counts for every filter. Pages follow one another without an end and each costs the same
        (by `best` the cost grows with how far one has come).
        """
        return self.get(
            "/api/v1/search",
            {
                "q": q,
                "status": status,
                "buyer": buyer,
                "method": method,
                "category": category,
                "band": band,
                "place": place,
                "year": year,
                "order": order,
                "exact": exact,
                "cursor": cursor,
                "limit": limit,
            },
        )  # type: ignore[no-any-return]

    def all_search(
        self,
        *,
        q: str | None = None,
        status: list[str] | None = None,
        buyer: list[str] | None = None,
        method: list[str] | None = None,
        category: list[str] | None = None,
        band: list[str] | None = None,
        place: list[str] | None = None,
        year: list[str] | None = None,
        order: Literal["best", "recent", "amount"] | None = None,
        exact: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.FoundRow]:
        """Search over everything: every row, page after page."""
        return self.walk(
            "/api/v1/search",
            {
                "q": q,
                "status": status,
                "buyer": buyer,
                "method": method,
                "category": category,
                "band": band,
                "place": place,
                "year": year,
                "order": order,
                "exact": exact,
                "limit": limit,
            },
        )

    def list_contracts(
        self,
        *,
        q: str | None = None,
        status: list[str] | None = None,
        buyer: list[str] | None = None,
        method: list[str] | None = None,
        category: list[str] | None = None,
        band: list[str] | None = None,
        place: list[str] | None = None,
        year: list[str] | None = None,
        order: Literal["best", "recent", "amount"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.ContractRows:
        """Contracts of the national store. The same search over the contracts alone, without counts,
        for who copies them. Empty where none are loaded.
        """
        return self.get(
            "/api/v1/contracts",
            {
                "q": q,
                "status": status,
                "buyer": buyer,
                "method": method,
                "category": category,
                "band": band,
                "place": place,
                "year": year,
                "order": order,
                "cursor": cursor,
                "limit": limit,
            },
        )  # type: ignore[no-any-return]

    def all_contracts(
        self,
        *,
        q: str | None = None,
        status: list[str] | None = None,
        buyer: list[str] | None = None,
        method: list[str] | None = None,
        category: list[str] | None = None,
        band: list[str] | None = None,
        place: list[str] | None = None,
        year: list[str] | None = None,
        order: Literal["best", "recent", "amount"] | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.FoundRow]:
        """Contracts of the national store: every row, page after page."""
        return self.walk(
            "/api/v1/contracts",
            {
                "q": q,
                "status": status,
                "buyer": buyer,
                "method": method,
                "category": category,
                "band": band,
                "place": place,
                "year": year,
                "order": order,
                "limit": limit,
            },
        )

    def get_contract(
        self,
        contract_id: str,
    ) -> shapes.Contract:
        """One contract of the national store. All that the source tells of a contract."""
        return self.get(f"/api/v1/contracts/{quoted(contract_id)}", {})  # type: ignore[no-any-return]

    def list_purchases(
        self,
        *,
        since: int | None = None,
        buyer: str | None = None,
        unit: str | None = None,
        supplier: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Purchases:
        """Purchases by their last change. The one that was changed longest ago first. To stay current
        keep the largest `position`, ask again `since` it: a purchase that changes meanwhile comes
        once more, none is missed.
        """
        return self.get(
            "/api/v1/purchases",
            {"since": since, "buyer": buyer, "unit": unit, "supplier": supplier, "cursor": cursor, "limit": limit},
        )  # type: ignore[no-any-return]

    def all_purchases(
        self,
        *,
        since: int | None = None,
        buyer: str | None = None,
        unit: str | None = None,
        supplier: str | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.Purchase]:
        """Purchases by their last change: every row, page after page."""
        return self.walk(
            "/api/v1/purchases", {"since": since, "buyer": buyer, "unit": unit, "supplier": supplier, "limit": limit}
        )

    def get_purchase(
        self,
        ocid: str,
    ) -> shapes.Purchase:
        """One purchase. A purchase as it stands; `links.record` leads to all that was ever said of
        it.
        """
        return self.get(f"/api/v1/purchases/{quoted(ocid)}", {})  # type: ignore[no-any-return]

    def list_acts(
        self,
        *,
        from_: str | None = None,
        until: str | None = None,
        unit: str | None = None,
        ocid: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.PublicActs:
        """Public acts, by the hour at which they begin. Openings, clarification meetings, rulings,
        auctions, last days, as they are foreseen, moved, begun, ended.
        """
        return self.get(
            "/api/v1/calendar",
            {"from": from_, "until": until, "unit": unit, "ocid": ocid, "cursor": cursor, "limit": limit},
        )  # type: ignore[no-any-return]

    def all_acts(
        self,
        *,
        from_: str | None = None,
        until: str | None = None,
        unit: str | None = None,
        ocid: str | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.PublicAct]:
        """Public acts, by the hour at which they begin: every row, page after page."""
        return self.walk(
            "/api/v1/calendar", {"from": from_, "until": until, "unit": unit, "ocid": ocid, "limit": limit}
        )

    def list_buyers(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Buyers:
        """Institutions that buy here. By key, with how many purchases they have here and for how much
        their contracts in pesos are.
        """
        return self.get("/api/v1/buyers", {"cursor": cursor, "limit": limit})  # type: ignore[no-any-return]

    def all_buyers(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[shapes.Buyer]:
        """Institutions that buy here: every row, page after page."""
        return self.walk("/api/v1/buyers", {"limit": limit})

    def get_buyer(
        self,
        key: str,
    ) -> shapes.Buyer:
        """One institution. An institution that has purchases here."""
        return self.get(f"/api/v1/buyers/{quoted(key)}", {})  # type: ignore[no-any-return]

    def list_units(
        self,
        *,
        parent: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Units:
        """Registered units. Institutes, delegations, hospitals, clinics; `parent` asks for those
        right below a unit.
        """
        return self.get("/api/v1/units", {"parent": parent, "cursor": cursor, "limit": limit})  # type: ignore[no-any-return]

    def all_units(
        self,
        *,
        parent: str | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.Unit]:
        """Registered units: every row, page after page."""
        return self.walk("/api/v1/units", {"parent": parent, "limit": limit})

    def get_unit(
        self,
        key: str,
    ) -> shapes.UnitTotals:
        """One unit, what it buys, and the units below it. A registered unit with the number and the
        sum of its purchases.
        """
        return self.get(f"/api/v1/units/{quoted(key)}", {})  # type: ignore[no-any-return]

    def list_suppliers(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Suppliers:
        """Suppliers by key. Whoever bid or won here: how often, and for how much."""
        return self.get("/api/v1/suppliers", {"cursor": cursor, "limit": limit})  # type: ignore[no-any-return]

    def all_suppliers(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[shapes.Supplier]:
        """Suppliers by key: every row, page after page."""
        return self.walk("/api/v1/suppliers", {"limit": limit})

    def get_supplier(
        self,
        key: str,
    ) -> shapes.Supplier:
        """One supplier. A supplier that bid or won here; its purchases are those of
        `/purchases?supplier=`.
        """
        return self.get(f"/api/v1/suppliers/{quoted(key)}", {})  # type: ignore[no-any-return]

    def list_sanctions(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.Sanctions:
        """Firm sanctions of suppliers that stand. Those that this installation has published and that
        were not withdrawn.
        """
        return self.get("/api/v1/sanctions", {"cursor": cursor, "limit": limit})  # type: ignore[no-any-return]

    def all_sanctions(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[shapes.Sanction]:
        """Firm sanctions of suppliers that stand: every row, page after page."""
        return self.walk("/api/v1/sanctions", {"limit": limit})

    def list_scorecards(
        self,
        kind: str,
        *,
        q: str | None = None,
        order: Literal["amount", "n", "name"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> shapes.ScorecardRows:
        """Who has a scorecard. Institutions, units, markets or states of the loaded history. It
        changes only when another is loaded.
        """
        return self.get(
            f"/api/v1/scorecards/{quoted(kind)}", {"q": q, "order": order, "cursor": cursor, "limit": limit}
        )  # type: ignore[no-any-return]

    def all_scorecards(
        self,
        kind: str,
        *,
        q: str | None = None,
        order: Literal["amount", "n", "name"] | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.ScorecardRow]:
        """Who has a scorecard: every row, page after page."""
        return self.walk(f"/api/v1/scorecards/{quoted(kind)}", {"q": q, "order": order, "limit": limit})

    def get_scorecard(
        self,
        kind: str,
        key: str,
    ) -> shapes.Profile:
        """One scorecard. Its figures beside those of the country, by year and method, with whom, what
        was flagged and how often that is raised everywhere. Figures to compare and to ask about, no
        verdict.
        """
        return self.get(f"/api/v1/scorecards/{quoted(kind)}/{quoted(key)}", {})  # type: ignore[no-any-return]

    def get_country(
        self,
    ) -> shapes.Profile:
        """The scorecard of all contracts. The whole loaded history, with its largest buyers,
        suppliers, markets and states.
        """
        return self.get("/api/v1/country", {})  # type: ignore[no-any-return]

    def list_flags(
        self,
    ) -> shapes.Flags:
        """Every red flag. By code: what it computes, its parameters, its innocent explanations."""
        return self.get("/api/v1/flags", {})  # type: ignore[no-any-return]

    def get_flag(
        self,
        code: str,
    ) -> shapes.Flag:
        """One red flag, explained. What a flag computes, from what, by which law, and what else than
        a wrong may be behind it.
        """
        return self.get(f"/api/v1/flags/{quoted(code)}", {})  # type: ignore[no-any-return]

    def feed(
        self,
        *,
        after: int | None = None,
        limit: int | None = None,
    ) -> shapes.FeedPage:
        """The ledger's public entries in commit order. Entries after a position, without gap; `next`
        is the cursor for the next call, equal to `after` at the end.
        """
        return self.get("/api/v1/feed", {"after": after, "limit": limit})  # type: ignore[no-any-return]

    def list_releases(
        self,
        *,
        after: int | None = None,
        limit: int | None = None,
    ) -> shapes.ReleasePackage:
        """Releases in the order of their acts. Releases after a position; follow `links.next` until
        it brings no release.
        """
        return self.get("/api/v1/ocds/releases", {"after": after, "limit": limit})  # type: ignore[no-any-return]

    def get_release(
        self,
        release_id: str,
    ) -> shapes.Release:
        """One release, exactly the bytes that were published. The release by its id, with the number
        of its entry in the header `Vitrina-Log-Index`.
        """
        return self.get(f"/api/v1/ocds/releases/{quoted(release_id)}", {})  # type: ignore[no-any-return]

    def get_record(
        self,
        ocid: str,
    ) -> shapes.RecordPackage:
        """Record of a purchase: its releases and the compiled release. One process, whole. 404 when
        no release carries that ocid.
        """
        return self.get(f"/api/v1/ocds/records/{quoted(ocid)}", {})  # type: ignore[no-any-return]

    def list_downloads(
        self,
    ) -> shapes.Downloads:
        """What can be taken away whole. Files and feeds with their addresses."""
        return self.get("/api/v1/downloads", {})  # type: ignore[no-any-return]
