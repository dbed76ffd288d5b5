# SPDX-License-Identifier: Apache-2.0
"""Markets and cells of peers: what a purchase, a price or a buyer is compared with.

A market is the first four digits of the class of what is bought (CUCoP or partida específica; another scheme keeps its
name, so that codes never mix); where fewer than `cell_min` processes have it, the first three, then two, then the
category alone. A cell is market x method x category (x region, for works) x year; where too few, the three years that
end with it; then the next shorter market. A process is compared with all the members of its cell, also with those
that are judged in a narrower one. Definitions: catalogue of red flags, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight import stats
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .shared import active_awards, processes

CELL_MIN = 30
CellMin = Annotated[
    int, Text("mínimo de pares de una celda para comparar con ella", "fewest peers of a cell to compare with")
]
PEERS = "peers"  # the path that a flag names as missing where a cell has too few members or no spread
NATIONAL = ("", "CUCOP", "CUCOP+", "CUCOP_PLUS", "PARTIDA", "COG", "MX-CUCOP")
_DIGITS = (4, 3, 2, 0)
_GRAIN = ("code", "scheme", "method", "category", "place", "year")


def dated(t: Tables) -> ir.Table:
    """(rid, day, year) of each process: the day on which it was called, else the first award, signature, release."""
    return t.once("dated", _dated)


def _dated(t: Tables) -> ir.Table:
    award, contract = active_awards(t), t.contract
    awarded = award.group_by("rid").aggregate(awarded=award.date_day.min())
    signed = contract.group_by("rid").aggregate(signed=contract.date_signed_day.min())
    p = processes(t).select("rid", "tender_start_day", "date")
    known = stats.attach(stats.attach(p, awarded, "rid"), signed, "rid")
    day = ibis.coalesce(known.tender_start_day, known.awarded, known.signed, known.date.date())
    return known.select("rid", day=day, year=day.year().cast("int32"))


def classes(t: Tables) -> ir.Table:
    """(rid, code, scheme) of each process: its main class, else that of its first item with one (tender's items,
    then the awards', then the contracts'); both null where none has.
    """
    return t.once("classes", _classes)


def _classes(t: Tables) -> ir.Table:
    tender = t.tender_item.select("rid", "class_id", "scheme", "pos", source=0, no=0)
    award = t.award_item.select("rid", "class_id", "scheme", "pos", source=1, no=t.award_item.award_no)
    contract = t.contract_item.select("rid", "class_id", "scheme", "pos", source=2, no=t.contract_item.contract_no)
    same = [
        item.mutate(no=item.no.cast("int32"), source=item.source.cast("int32")) for item in (tender, award, contract)
    ]
    p = processes(t).select("rid", "main_class", "main_class_scheme")
    unsaid = p.filter(p.main_class.fill_null("") == "")
    items = same[0].union(same[1]).union(same[2]).semi_join(unsaid, "rid")
    known = items.filter(items.class_id.notnull() & (items.class_id != ""))
    order = ibis.window(group_by="rid", order_by=["source", "no", "pos", "class_id", known.scheme.fill_null("")])
    ranked = known.mutate(place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0).select("rid", item_class="class_id", item_scheme="scheme")
    joined = stats.attach(p, first, "rid")
    has_main = joined.main_class.fill_null("") != ""
    return joined.select(
        "rid",
        code=has_main.ifelse(joined.main_class, joined.item_class),
        scheme=has_main.ifelse(joined.main_class_scheme, joined.item_scheme),
    )


def scheme_name(scheme: ir.StringValue) -> ir.StringValue:
    """The scheme as part of a market's name: empty for the Mexican ones, so that their codes go without it."""
    upper = scheme.fill_null("").upper()
    return upper.isin(NATIONAL).ifelse("", upper)


def prefix(code: ir.StringValue, digits: int) -> ir.StringValue:
    """The first digits of a code, empty text where there is none."""
    return code.fill_null("").substr(0, digits)


def markets(t: Tables, cell_min: int = CELL_MIN) -> ir.Table:
    """(rid, market, digits) of each process: the longest market that at least `cell_min` processes share, `digits` 4,
    3, 2, or 0 for the category alone. `market` is null where neither class nor category is known.
    """
    return t.once(f"markets_{cell_min}", lambda t: _markets(t, cell_min))


def _markets(t: Tables, cell_min: int) -> ir.Table:
    told = processes(t).select("rid", "category").join(classes(t), "rid")
    of = ["code", "scheme", "category"]
    kinds = told.group_by(of).aggregate(n=told.count())
    named = kinds.mutate(**{f"m{d}": _name(kinds, d) for d in _DIGITS})
    sized = named.mutate(**{f"n{d}": named.n.sum().over(ibis.window(group_by=f"m{d}")) for d in _DIGITS if d})
    fits = [(sized[f"n{d}"] >= cell_min) & sized[f"m{d}"].notnull() for d in _DIGITS if d]
    steps = list(zip(fits, [d for d in _DIGITS if d], strict=True))
    chosen = sized.select(
        *of,
        market=ibis.cases(*((fit, sized[f"m{d}"]) for fit, d in steps), else_=sized.m0),
        digits=ibis.cases(*((fit, d) for fit, d in steps), else_=0).cast("int32"),
    )
    return stats.match(told, chosen, of).select("rid", "market", "digits")


def _name(table: ir.Table, digits: int) -> ir.StringValue:
    if not digits:
        return table.category
    scheme = scheme_name(table.scheme)
    code = (scheme == "").ifelse("", scheme + ":") + prefix(table.code, digits)
    return (table.code.fill_null("") == "").ifelse(ibis.null("string"), code)


def grains(t: Tables) -> ir.Table:
    """(rid, grain): the finest group of peers of each process, an integer that `grain_parts` explains."""
    return t.once("grains", lambda t: stats.match(_located(t), grain_parts(t), _GRAIN).select("rid", "grain"))


def grain_parts(t: Tables) -> ir.Table:
    """(grain, code, scheme, method, category, place, year): code cut to four digits, nulls as empty text, year 0."""
    return t.once("grain_parts", _grain_parts)


def _located(t: Tables) -> ir.Table:
    p = processes(t).select("rid", "method", "category", "region")
    joined = p.join(classes(t), "rid").join(dated(t), "rid")
    category = joined.category.fill_null("")
    return joined.select(
        "rid",
        code=prefix(joined.code, max(_DIGITS)),
        scheme=scheme_name(joined.scheme),
        method=joined.method.fill_null(""),
        category=category,
        place=(category == "works").ifelse(joined.region.fill_null(""), ""),
        year=joined.year.fill_null(0),
    )


def _grain_parts(t: Tables) -> ir.Table:
    found = _located(t).select(*_GRAIN).distinct()
    return found.mutate(grain=ibis.row_number().over(ibis.window(order_by=list(_GRAIN))).cast("int64"))


def cells(t: Tables, cell_min: int = CELL_MIN) -> ir.Table:
    """(rid, cell, n) of each process: its cell among all processes and how many it has; null where too few."""
    return t.once(f"cells_{cell_min}", lambda t: _cells(t, cell_min))


def _cells(t: Tables, cell_min: int) -> ir.Table:
    counted = grains(t).group_by("grain").aggregate(n=ibis._.count())
    placed = t.once(f"placed_all_{cell_min}", lambda t: _memberships(t, counted, ()))
    best = _best(placed, (), cell_min)
    return stats.attach(grains(t), best, ["grain"]).select("rid", "cell", n="cell_n")


def _steps(t: Tables) -> ir.Table:
    """The way from narrow to wide cells: `step` 0 to 7, digits of the market, whether three years, how many back."""
    rows = [
        {"step": 2 * i + wide, "digits": digits, "wide": wide, "ahead": ahead}
        for i, digits in enumerate(_DIGITS)
        for wide in (0, 1)
        for ahead in ((0, 1, 2) if wide else (0,))
    ]
    return t.once("peer_steps", lambda t: t.engine.hold("peer_steps_rows", pa.Table.from_pylist(rows)))


def _memberships(t: Tables, counted: ir.Table, by: Sequence[str]) -> ir.Table:
    """Each grain of `counted` (grain, *by, n) in each cell that it is a member of: cell (a number), step, ahead."""
    wide = counted.join(grain_parts(t), "grain").cross_join(_steps(t))
    code = ibis.cases(*((wide.digits == d, wide.code.substr(0, d)) for d in _DIGITS if d), else_="")
    scheme = (wide.digits == 0).ifelse("", wide.scheme)
    year = (wide.year == 0).ifelse(0, wide.year + wide.ahead).cast("string")
    parts = [wide.step.cast("string"), scheme, code, wide.method, wide.category, wide.place, year]
    parts += [wide[name].cast("string").fill_null("") for name in by]
    key = parts[0]
    for part in parts[1:]:
        key = key + "|" + part
    named = wide.mutate(key=key).filter((wide.year != 0) | (wide.ahead == 0))
    numbered = named.mutate(cell=ibis.dense_rank().over(ibis.window(order_by="key")).cast("int64"))
    return numbered.select("grain", *by, "n", "step", "ahead", "cell")


def _best(placed: ir.Table, by: Sequence[str], cell_min: int) -> ir.Table:
    """(grain, *by, cell, cell_n): the narrowest cell with enough members, of the grains that have one."""
    sized = placed.group_by("cell").aggregate(in_cell=placed.n.sum())
    mine = placed.filter(placed.ahead == 0).join(sized, "cell")
    enough = mine.filter(mine.in_cell >= cell_min)
    narrow = ibis.window(group_by=["grain", *by], order_by=["step", "cell"])
    chosen = enough.mutate(place=ibis.row_number().over(narrow))
    return chosen.filter(chosen.place == 0).select("grain", *by, "cell", cell_n="in_cell")


@dataclass(frozen=True, slots=True)
class Peers:
    """`own`: the rows of `values` where the column is known, with `cell`, null where no cell is large enough;
    `spread`: the values of all members of the cells in use (`stats.spread` by cell); `column`: the one compared.
    """

    own: ir.Table
    spread: ir.Table
    column: str

    def beside(self, found: ir.Table) -> ir.Table:
        """`own` with what was `found` for its cell (a table with `cell`, `n`), `peer_n` and `percentile` (0 to 1)."""
        places = stats.places(self.spread, self.column)
        joined = stats.attach(self.own, found.drop("n"), "cell")
        # No cell is null on the right, so that plain equality finds the same rows, at less cost.
        return joined.left_join(places, ["cell", self.column]).drop("cell_right", f"{self.column}_right")


def among_peers(
    t: Tables, name: str, values: ir.Table, column: str, *, by: Sequence[str] = (), cell_min: int = CELL_MIN
) -> Peers:
    """The peers of `values` (rid, the column, *by), kept under `name` (the flag's code) and its settings. `by` adds
    columns to the cell: the number of bidders. What a grain repeats is counted before it is put into its cells, of
    which there are up to a dozen.
    """
    label, group = f"{name.lower()}_{cell_min}", ["grain", *by]
    known = t.once(f"known_{label}", lambda t: values.filter(values[column].notnull()).join(grains(t), "rid"))
    rows = t.once(f"rows_{label}", lambda _: known.group_by([*group, column]).aggregate(rows=known.count()))
    sizes = rows.group_by(group).aggregate(n=rows["rows"].sum().cast("int64"))
    placed = t.once(f"placed_{label}", lambda t: _memberships(t, sizes, by))
    best = t.once(f"best_{label}", lambda _: _best(placed, by, cell_min).drop("cell_n"))

    def in_cells(_: Tables) -> ir.Table:
        inside = placed.semi_join(best, "cell").select(*group, "cell")
        return stats.spread(stats.match(rows, inside, group), ["cell"], column, "rows")

    return Peers(stats.attach(known, best, group), t.once(f"spread_{label}", in_cells), column)


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of one process: the `grain` of the process, what the rule adds (`by`), the number and the step of the
    cell, and its members (rid, x).
    """

    column: str
    value: float
    grain: int
    by: Mapping[str, Any]
    step: int
    members: ir.Table


def cell_of(t: Tables, name: str, cell_min: int, rid: int) -> Cell | None:
    """The cell in which `among_peers` compared a process under a name, where it did so in this run."""
    label = f"{name.lower()}_{cell_min}"
    known, placed, best = (t.kept(f"{kind}_{label}") for kind in ("known", "placed", "best"))
    if known is None or placed is None or best is None:
        return None
    by = [name for name in best.columns if name != "cell"]
    (column,) = [name for name in known.columns if name not in {"rid", *by}]
    mine = t.rows(stats.match(known.filter(known.rid == rid), best, by))
    if not mine:
        return None
    inside = placed.filter(placed.cell == mine[0]["cell"])
    step = t.rows(inside.select("step").limit(1))[0]["step"]
    members = stats.match(known, inside.select(*by), by).select("rid", x=known[column].cast("float64"))
    more = {name: mine[0][name] for name in by if name != "grain"}
    return Cell(column, float(mine[0][column]), mine[0]["grain"], more, step, members)


def fenced(
    t: Tables, name: str, values: ir.Table, column: str, *, by: Sequence[str] = (), cell_min: int = CELL_MIN
) -> ir.Table:
    """`values` where the column is known, with the fences of its cell: `lower`, `upper`, `peer_n`, `percentile`. All
    null where the cell is too small; the fences alone null where its quartiles are equal.
    """
    peers = among_peers(t, name, values, column, by=by, cell_min=cell_min)
    found = stats.fences_of(peers.spread, ["cell"])
    spread = found.q3 > found.q1
    found = found.mutate(
        lower=spread.ifelse(found.lower, ibis.null("float64")), upper=spread.ifelse(found.upper, ibis.null("float64"))
    )
    return peers.beside(found)


def standing(
    t: Tables,
    name: str,
    values: ir.Table,
    column: str,
    ps: Mapping[str, float],
    *,
    by: Sequence[str] = (),
    cell_min: int = CELL_MIN,
) -> ir.Table:
    """`values` where the column is known, with quantiles `ps` (name -> probability) of its cell, `peer_n` and
    `percentile`; all null where the cell is too small.
    """
    peers = among_peers(t, name, values, column, by=by, cell_min=cell_min)
    return peers.beside(stats.quantiles(peers.spread, ["cell"], ps))


def scored(
    t: Tables, name: str, values: ir.Table, column: str, *, by: Sequence[str] = (), cell_min: int = CELL_MIN
) -> ir.Table:
    """`values` where the column is known, with `median`, `mad` and the robust `z` = (x - median) / (1.4826 MAD) of its
    cell, `peer_n` and `percentile`; `z` is null where the cell is too small or the MAD is 0.
    """
    peers = among_peers(t, name, values, column, by=by, cell_min=cell_min)
    found = peers.beside(stats.medians_of(peers.spread, ["cell"]))
    return found.mutate(z=robust(found[column], found.median, found.mad))


def robust(x: ir.Value, median: ir.Value, mad: ir.Value) -> ir.Value:
    """(x - median) / (1.4826 MAD); null where the MAD is 0."""
    return (x - median) / (1.4826 * mad).nullif(0.0)
