# SPDX-License-Identifier: Apache-2.0
"""What the site answers. Written by `make client` from the API's description."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Amount(TypedDict):
    """An amount and what it is of."""

    amount: str
    currency: str
    kind: Literal["contract", "award", "budget", ""]


class Asked(TypedDict):
    """Words and filters. Of each filter one of the values has to hold."""

    q: NotRequired[str]
    status: NotRequired[list[str]]
    buyer: NotRequired[list[str]]
    method: NotRequired[list[str]]
    category: NotRequired[list[str]]
    band: NotRequired[list[str]]
    place: NotRequired[list[str]]
    year: NotRequired[list[str]]
    order: NotRequired[Literal["best", "recent", "amount"] | None]


class Buyer(TypedDict):
    """An institution that buys here, and for how much its contracts in pesos are."""

    key: str
    name: str
    purchases: int
    contracted: Money
    page: str


class BuyerCount(TypedDict):
    """How often a buyer is found."""

    name: str
    count: int


class Buyers(TypedDict):
    """Institutions by key."""

    next: str | None
    next_cursor: str | None
    results: list[Buyer]


class Contract(TypedDict):
    """A contract of the national store, as its source tells it; what the source does not tell is left
    out.
    """

    id: str
    kind: Literal["contract"]
    ocid: str
    contract: NotRequired[str]
    title: str
    number: NotRequired[str]
    tender: NotRequired[str]
    description: NotRequired[str]
    buyer: NotRequired[str]
    buyer_key: NotRequired[str]
    unit: NotRequired[str]
    unit_key: NotRequired[str]
    status: NotRequired[str]
    method: NotRequired[str]
    method_detail: NotRequired[str]
    category: NotRequired[str]
    place: NotRequired[str]
    law: NotRequired[str]
    ground: NotRequired[str]
    article: NotRequired[str]
    contract_status: NotRequired[str]
    called: NotRequired[str]
    closed: NotRequired[str]
    opened: NotRequired[str]
    n_bids: NotRequired[int | None]
    due: NotRequired[str]
    met: NotRequired[str]
    is_late: NotRequired[bool | None]
    signed: NotRequired[str]
    start: NotRequired[str]
    end: NotRequired[str]
    awarded: NotRequired[str]
    centavos: NotRequired[int | None]
    currency: NotRequired[str]
    suppliers: NotRequired[list[Party]]
    items: NotRequired[list[Item]]
    is_consolidated: NotRequired[bool | None]
    page: NotRequired[str]
    publisher: NotRequired[str]
    is_synthetic: bool
    flags: list[Raised]
    url: str


class ContractRows(TypedDict):
    """A page of contracts."""

    next: str | None
    next_cursor: str | None
    total: int
    results: list[FoundRow]


class Download(TypedDict):
    """A file that can be taken away."""

    what: str
    format: str
    url: str
    about: Words
    year: NotRequired[int | None]
    rows: NotRequired[int | None]
    bytes: NotRequired[int | None]
    sha256: NotRequired[str | None]
    position: NotRequired[int | None]


class Downloads(TypedDict):
    """What can be taken away whole."""

    results: list[Download]


class Facets(TypedDict):
    """For each filter, what choosing each of its values would find."""

    status: dict[str, int]
    buyer: dict[str, BuyerCount]
    method: dict[str, int]
    category: dict[str, int]
    band: dict[str, int]
    place: dict[str, int]
    year: dict[str, int]


class FeedPage(TypedDict):
    """Entries of the ledger in commit order, as the page of acts says; `next` is the position to ask with
    next.
    """

    entries: list[dict[str, Any]]
    next: int


class Figures(TypedDict):
    """Counts of contracts. `n_amount`, `n_signed`, `n_class`, `n_place`, `n_supplier`, `n_rfc`: those of
    which it is known; `n_foreign`: in other currencies; `n_joint`: with several suppliers. `n_bids`: of
    tenders and invitations, those that tell how many bid, `n_single`: one. `n_due`: those that tell
    whether they were delivered in time, `n_late`: not; `late_days`: median of these. `days`: from call to
    award, of tenders and invitations that date both.
    """

    n: int
    centavos: int
    n_amount: int
    n_foreign: int
    n_signed: int
    n_class: int
    n_place: int
    n_supplier: int
    n_rfc: int
    n_joint: int
    n_open: int
    n_bids: int
    n_single: int
    n_due: int
    n_late: int
    late_days: int | None
    days: Quartiles | None


class Flag(TypedDict):
    """A red flag: what it computes, from what, its innocent explanations. A reason to look, not a proof."""

    code: str
    version: int
    title: Words
    explanation: Words
    definition: Words
    group: str
    side: Literal["high", "low", "both", "yes"]
    needs: str
    inputs: list[str]
    parameters: list[Parameter]
    bases: dict[str, Words]
    law: list[str]
    innocent: list[Words]
    source: Words
    base_rate: Rate | None
    caution: Words
    page: str


class Flags(TypedDict):
    """Every flag, by code."""

    results: list[Flag]


class Found(TypedDict):
    """What a search finds, counted, summed, and a page of it."""

    next: str | None
    next_cursor: str | None
    q: str
    filters: dict[str, list[str]]
    order: Literal["best", "recent", "amount"]
    total: int
    contracted: Money
    corrected: dict[str, str]
    suggested: dict[str, str]
    also: list[str]
    facets: Facets
    results: list[FoundRow]


class FoundRow(TypedDict):
    """A purchase of this installation, or a contract of the national store. What is not known is an empty
    text.
    """

    kind: Literal["purchase", "contract"]
    id: str
    ocid: str
    number: str
    title: str
    buyer: str
    unit: str
    suppliers: list[str]
    status: str
    method: str
    category: str
    place: str
    amount: str
    amount_kind: str
    currency: str
    date: str
    synthetic: bool
    url: str


class Item(TypedDict):
    """What was bought, with the code of its class (CUCoP)."""

    description: NotRequired[str]
    class_: NotRequired[str]
    scheme: NotRequired[str]
    quantity: NotRequired[float | None]
    unit: NotRequired[str]
    unit_price: NotRequired[float | None]
    currency: NotRequired[str]


class Links(TypedDict):
    """The same thing elsewhere; each address lasts."""

    page: str
    record: str
    release: str
    atom: str
    calendar: str


class Mention(TypedDict):
    """A row of an outside list with the RFC of a supplier. `list`: `tax` (69-B), `sanction`, `register`;
    `kind`: stage, kind of sanction, status; `cut`: day of the list.
    """

    list: str
    kind: str
    authority: str
    file: str
    start: str | None
    end: str | None
    cut: str | None


class Money(TypedDict):
    """An amount."""

    amount: str
    currency: str


class Named(TypedDict):
    """Something with a page of its own, by key and name."""

    key: str
    name: str


class Paid(TypedDict):
    """What an entity paid (or was paid) for a class: its median of `n` lines in the last three years
    beside that of all.
    """

    item: str
    name: str
    unit: str
    n: int
    median: float
    peers: Prices


class Parameter(TypedDict):
    """A parameter of a rule, and its default."""

    name: str
    default: Any
    about: Words


class Part(TypedDict):
    """One of those that a profile lists: `n` contracts, for so many centavos."""

    kind: str
    key: str
    name: str
    n: int
    centavos: int


class Party(TypedDict):
    """A supplier as the source names it."""

    id: NotRequired[str]
    key: NotRequired[str]
    name: NotRequired[str]
    rfc: NotRequired[str]


class Prices(TypedDict):
    """Unit prices (pesos) of a class in a unit of measure, in the three years that end with `year`.
    `bins`: how many lie in each of equal steps from `low`, of `step` pesos; the first and the last hold
    what lies beyond.
    """

    item: str
    unit: str
    year: int
    n: int
    least: float
    q1: float
    median: float
    q3: float
    most: float
    low: float
    step: float
    bins: list[int]


class Problem(TypedDict):
    """An error (RFC 9457), in the language of `Accept-Language`: Spanish unless English is wanted."""

    type: str
    title: str
    status: int
    detail: str
    code: NotRequired[str]
    errors: NotRequired[list[WrongParameter]]


class Profile(TypedDict):
    """All that is known of an entity. `tops`: kind -> the largest; `above`: what it belongs to; `below`:
    the markets or units in it; `largest`: ids of its largest contracts; `country`: the same figures of
    all contracts, of which `n_direct_country` were direct awards; `lists`: outside lists that were
    loaded, with their day; `has_flags`: whether rules were run over the store; `is_registered`: whether
    it is told with one RFC, by which lists are asked.
    """

    kind: str
    key: str
    name: str
    rfc: str
    first_year: int
    last_year: int
    figures: Figures
    country: Figures
    years: list[Year]
    tops: dict[str, Top]
    above: list[Part]
    below: Top
    largest: list[str]
    paid: list[Paid]
    flags: list[Raised]
    mentions: list[Mention]
    lists: dict[str, str | None]
    n_direct_country: int
    has_flags: bool
    is_registered: bool
    is_synthetic: bool


class PublicAct(TypedDict):
    """An act that the calendar has: when it is to begin, or began."""

    uid: str
    ocid: str
    act: str
    status: str
    sequence: int
    starts_at: str
    began_at: str | None
    ended_at: str | None
    former_at: str | None
    reason: str
    lot: int | None
    party: str | None
    title: str
    unit: str
    zone: str
    position: int
    url: str


class PublicActs(TypedDict):
    """Acts by the hour at which they begin."""

    next: str | None
    next_cursor: str | None
    results: list[PublicAct]


class Purchase(TypedDict):
    """A purchase of this installation as it stands after its last act."""

    ocid: str
    number: str
    title: str
    buyer: Named
    unit: Named
    stage: str
    status: str
    method: str
    category: str
    year: int
    amount: Amount | None
    suppliers: list[Named]
    opening_at: str | None
    is_imported: bool
    position: int
    changed_at: str
    links: Links


class Purchases(TypedDict):
    """Purchases, the one that was changed longest ago first."""

    next: str | None
    next_cursor: str | None
    results: list[Purchase]


class Quartiles(TypedDict):
    """Of `n` values."""

    n: int
    q1: float
    median: float
    q3: float


class Raised(TypedDict):
    """A flag: a reason to look. `n`: contracts of the entity in which it was raised, of `of`; `national`:
    percent of all contracts with it. Of the entity itself (`is_own`) or one process: `value` against
    `threshold`, and the peers.
    """

    rule: Rule
    n: int
    of: int
    national: float | None
    is_own: NotRequired[bool]
    item: NotRequired[str]
    value: NotRequired[float | None]
    threshold: NotRequired[float | None]
    peer_n: NotRequired[int | None]
    percentile: NotRequired[float | None]
    basis: NotRequired[str]


class Rate(TypedDict):
    """How often a flag is raised in the store behind this site. `share`: of those that could be judged."""

    flagged: int
    judged: int | None
    share: float | None
    contracts: int


class Record(TypedDict):
    """A record of OCDS 1.1."""

    ocid: str
    releases: list[dict[str, Any]]
    compiledRelease: dict[str, Any]


class RecordPackage(TypedDict):
    """OCDS 1.1 record package."""

    uri: str
    version: str
    extensions: list[str]
    publishedDate: str
    publisher: dict[str, Any]
    license: str
    records: list[Record]


class Release(TypedDict):
    """An OCDS 1.1 release, exactly as it was published."""

    ocid: str
    id: str
    date: str
    tag: list[str]


class ReleasePackage(TypedDict):
    """OCDS 1.1 release package."""

    uri: str
    version: str
    extensions: list[str]
    publishedDate: str
    publisher: dict[str, Any]
    license: str
    releases: list[dict[str, Any]]
    links: dict[str, str]


class Rule(TypedDict):
    """A rule in words. `flagged` and `judged`: units in the whole store, where known; `n`: contracts it
    touches.
    """

    code: str
    group: str
    title: Text
    explanation: Text
    innocent: list[Text]
    flagged: int
    judged: int | None
    n: int


class Sanction(TypedDict):
    """A firm sanction of a supplier that stands. `kinds` are codes of S3; days are days of the law."""

    id: str
    name: str
    rfc: str
    person: str
    institution: Named
    authority: str
    file: str
    fault: str
    cause: str
    kinds: list[str]
    resolved_on: str
    firm_on: str
    notified_on: str | None
    debarred_from: str | None
    debarred_until: str | None
    fine: Money | None
    contract: str
    url: str
    published_at: str


class Sanctions(TypedDict):
    """Sanctions by id."""

    next: str | None
    next_cursor: str | None
    results: list[Sanction]


class ScorecardRow(TypedDict):
    """One that has a scorecard, with how many contracts, and for how much those in pesos are."""

    kind: str
    key: str
    name: str
    contracts: int
    contracted: Money
    page: str


class ScorecardRows(TypedDict):
    """Those that have one."""

    next: str | None
    next_cursor: str | None
    total: int
    results: list[ScorecardRow]


class Supplier(TypedDict):
    """A supplier as the public record here shows it. `contracted`: contracts in pesos that stand."""

    key: str
    name: str
    bids: int
    contracts: int
    contracted: Money
    page: str


class Suppliers(TypedDict):
    """Suppliers by key."""

    next: str | None
    next_cursor: str | None
    results: list[Supplier]


class Text(TypedDict):
    """The same in Spanish and in English; neither may be empty."""


class Top(TypedDict):
    """The largest by amount, of `n_all` there are."""

    n_all: int
    rows: list[Part]


class Unit(TypedDict):
    """A body of government or a part of one, as it is registered."""

    key: str
    name: str
    acronym: str
    kind: str
    parent: str | None
    buyer: str
    state: str
    may_contract: bool
    page: str
    calendar: str


class UnitTotals(TypedDict):
    """A unit, what it buys, and the units right below it."""

    key: str
    name: str
    acronym: str
    kind: str
    parent: str | None
    buyer: str
    state: str
    may_contract: bool
    page: str
    calendar: str
    purchases: int
    contracted: Money
    units: list[Named]


class Units(TypedDict):
    """Units by key."""

    next: str | None
    next_cursor: str | None
    results: list[Unit]


class Words(TypedDict):
    """The same in Spanish and in English."""

    es: str
    en: str


class WrongParameter(TypedDict):
    """A parameter that is not right."""

    parameter: str
    problem: str


class Year(TypedDict):
    """A year (0: no date is known): contracts and centavos, by method (OCDS words; empty: not told) too."""

    year: int
    n: int
    centavos: int
    methods: dict[str, list[Any]]
