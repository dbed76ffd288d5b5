# SPDX-License-Identifier: Apache-2.0
"""Statistics written as portable expressions: the same result on every engine, to the last row.

Quartiles are of type R-8 (Hyndman and Fan 1996, definition 8; as Cardinal uses): h = (n + 1/3) p + 1/3. The engines'
own percentile functions are R-7 and differ, so they are not used. Groups of nulls are groups like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

QUARTILES = {"q1": 0.25, "q3": 0.75}


def r8(values: ir.Table, by: Sequence[str], column: str, ps: Mapping[str, float]) -> ir.Table:
    """One row for each group of `by`: its columns, `n` (values that are not null), and a double for each of `ps`
    (name -> probability). `by` may be empty: then one row, or none where no value is known.
    """
    known = values.filter(values[column].notnull())
    window = ibis.window(group_by=list(by), order_by=known[column])
    whole = ibis.window(group_by=list(by))
    ranked = known.select(
        *by,
        x=known[column].cast("float64"),
        k=(ibis.row_number().over(window) + 1).cast("float64"),
        n=known[column].count().over(whole).cast("float64"),
    )
    ends = {}
    for name, p in ps.items():
        low, _ = _place(ranked.n, p)
        at, after = low.clip(lower=1.0, upper=ranked.n), (low + 1).clip(lower=1.0, upper=ranked.n)
        ends[f"{name}_at"] = (ranked.k == at).ifelse(ranked.x, ibis.null("float64")).max()
        ends[f"{name}_after"] = (ranked.k == after).ifelse(ranked.x, ibis.null("float64")).max()
    grouped = ranked.group_by(list(by)) if by else ranked
    found = grouped.aggregate(n=ranked.n.max(), **ends)
    found = found.filter(found.n.notnull())
    # Between two equal values the result is that value, to the last bit: rules compare it with <= and >=.
    between = {
        name: found[f"{name}_at"] + _place(found.n, p)[1] * (found[f"{name}_after"] - found[f"{name}_at"])
        for name, p in ps.items()
    }
    return found.select(*by, n=found.n.cast("int64"), **between)


def spread(values: ir.Table, by: Sequence[str], column: str, weight: str | None = None) -> ir.Table:
    """(*by, x, own, upto, n): each different value `x` of a group once, how many rows of the group have it, how many
    have it or less, and how many rows the group has. Nulls are left out. `weight`: how many rows each row stands for.

    Where values repeat, little is left to put in order: use it for those. Of prices nearly every one is different.
    """
    known = values.filter(values[column].notnull())
    rows = known.count() if weight is None else known[weight].sum()
    counted = known.group_by([*by, known[column].name("x")]).aggregate(own=rows.cast("float64"))
    up_to = ibis.window(group_by=list(by), order_by=counted.x, preceding=None, following=0)
    whole = ibis.window(group_by=list(by))
    return counted.mutate(upto=counted.own.sum().over(up_to), n=counted.own.sum().over(whole))


def quantiles(spread: ir.Table, by: Sequence[str], ps: Mapping[str, float]) -> ir.Table:
    """`r8` of values whose `spread` is known."""
    x, n, ends = spread.x.cast("float64"), spread.n, {}
    for name, p in ps.items():
        low, _ = _place(n, p)
        for end, place in (("at", low), ("after", low + 1)):
            rank = place.clip(lower=1.0, upper=n)
            is_there = (rank > spread.upto - spread.own) & (rank <= spread.upto)
            ends[f"{name}_{end}"] = is_there.ifelse(x, ibis.null("float64")).max()
    grouped = spread.group_by(list(by)) if by else spread
    found = grouped.aggregate(n=n.max(), **ends)
    found = found.filter(found.n.notnull())
    # Between two equal values the result is that value, to the last bit: rules compare it with <= and >=.
    between = {
        name: found[f"{name}_at"] + _place(found.n, p)[1] * (found[f"{name}_after"] - found[f"{name}_at"])
        for name, p in ps.items()
    }
    return found.select(*by, n=found.n.cast("int64"), **between)


def _place(n: ir.Value, p: float) -> tuple[ir.Value, ir.Value]:
    """The rank below h, and how far h is from it."""
    h = (n + 1 / 3) * p + 1 / 3
    return h.floor(), h - h.floor()


def fences(values: ir.Table, by: Sequence[str], column: str) -> ir.Table:
    """Tukey's fences of each group: `n`, `q1`, `q3`, `lower` = q1 - 1.5 IQR, `upper` = q3 + 1.5 IQR."""
    return _fenced(r8(values, by, column, QUARTILES))


def fences_of(spread: ir.Table, by: Sequence[str]) -> ir.Table:
    """`fences` of values whose `spread` is known."""
    return _fenced(quantiles(spread, by, QUARTILES))


def _fenced(found: ir.Table) -> ir.Table:
    width = 1.5 * (found.q3 - found.q1)
    return found.mutate(lower=found.q1 - width, upper=found.q3 + width)


def medians(values: ir.Table, by: Sequence[str], column: str) -> ir.Table:
    """`n`, `median` and `mad` (median distance from the median) of each group."""
    middle = r8(values, by, column, {"median": 0.5})
    joined = match(values, middle, by)
    apart = joined.select(*by, apart=(joined[column] - joined.median).abs())
    spread = r8(apart, by, "apart", {"mad": 0.5})
    return match(middle, spread.drop("n"), by)


def medians_of(told: ir.Table, by: Sequence[str]) -> ir.Table:
    """`medians` of values whose `spread` is known."""
    middle = quantiles(told, by, {"median": 0.5})
    joined = match(told, middle.drop("n"), by)
    apart = joined.select(*by, "own", apart=(joined.x - joined.median).abs())
    around = quantiles(spread(apart, by, "apart", "own"), by, {"mad": 0.5})
    return match(middle, around.drop("n"), by)


def match(left: ir.Table, right: ir.Table, by: Sequence[str]) -> ir.Table:
    """Inner join on equal columns where null equals null; the columns of `right` beyond `by` are added."""
    if not by:
        return left.cross_join(right)
    left = left.select(*left.columns)  # an open chain of joins cannot be named in a further one
    there = right.rename({f"_{name}": name for name in by})
    joined = left.join(there, [_equal(name, left[name], there[f"_{name}"]) for name in by])
    return joined.drop(*(f"_{name}" for name in by))


def attach(left: ir.Table, right: ir.Table, by: Sequence[str] | str) -> ir.Table:
    """Left join on equal columns where null equals null: every row of `left`, and the columns of `right` beyond `by`
    (null where there is no match). `right` has one row for each key, else rows of `left` repeat.
    """
    by = [by] if isinstance(by, str) else by
    left = left.select(*left.columns)
    there = right.rename({f"{name}_of_right": name for name in by})
    joined = left.left_join(there, [_equal(name, left[name], there[f"{name}_of_right"]) for name in by])
    return joined.drop(*(f"{name}_of_right" for name in by))


def _equal(name: str, left: ir.Value, right: ir.Value) -> ir.BooleanValue:
    """Equal, or both null; the number of a release is never null, and plain equality costs less."""
    return left == right if name == "rid" else left.identical_to(right)


def mid_rank(values: ir.Table, by: Sequence[str], column: str) -> ir.Table:
    """`values` with `peer_n` and `percentile` (0 to 1, ties share the middle rank) of a column within its group."""
    known = values.filter(values[column].notnull())
    ordered = ibis.window(group_by=list(by), order_by=known[column])
    # One order serves both: rank is the first place among equals, and what the range up to them counts is the last.
    up_to = ibis.range_window(group_by=list(by), order_by=known[column], preceding=None, following=0)
    n = known[column].count().over(ibis.window(group_by=list(by))).cast("float64")
    first = (ibis.rank().over(ordered) + 1).cast("float64")
    last = known[column].count().over(up_to).cast("float64")
    return known.mutate(peer_n=n.cast("int64"), percentile=((first + last) / 2 - 0.5) / n)


def places(spread: ir.Table, column: str) -> ir.Table:
    """(*by, the column, peer_n, percentile): the rank of each value of a `spread`, as `mid_rank` gives it."""
    middle = ((spread.upto - spread.own + 1 + spread.upto) / 2 - 0.5) / spread.n
    told = spread.mutate(peer_n=spread.n.cast("int64"), percentile=middle)
    return told.drop("own", "upto", "n").rename({column: "x"})
