# SPDX-License-Identifier: Apache-2.0
"""What a flag declares, and the table that its rule answers with.

A rule answers with one row for each unit that it looked at, flagged or not, so that "not flagged" and "not computable"
are never confused. The runner counts the three and keeps the flagged ones.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

import ibis
import ibis.expr.types as ir
import msgspec

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .outcome import ROWS

MOST_AT_ONCE = 3  # missing paths, of which every set is a case
VERDICT = dict(ibis.Schema.from_pyarrow(ROWS).items())


class Group(StrEnum):
    """What a result is about; the first column of `flags.csv`. The first four are Cardinal's."""

    OCID = "OCID"
    BUYER = "Buyer"
    PROCURING_ENTITY = "ProcuringEntity"
    TENDERER = "Tenderer"
    ITEM = "Item"
    PAIR = "Pair"
    BUYER_SUPPLIER = "BuyerSupplier"
    MARKET = "Market"
    GROUP = "Group"


class Side(StrEnum):
    """Which values are suspicious."""

    HIGH = "high"
    LOW = "low"
    BOTH = "both"
    YES = "yes"


class Needs(StrEnum):
    """What data a flag needs: core OCDS, core with a table of ours, bids, another extension, sources outside."""

    CORE = "core"
    CORE_PLUS = "core+"
    BIDS = "bids"
    EXTENSION = "extension"
    OUTSIDE = "outside"


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of a flag, with their defaults; `Annotated[int, Text(es, en)]` says what one is. Unknown names
    are an error.
    """

    @classmethod
    def words(cls) -> dict[str, Text]:
        """What each parameter is, by name, in the order in which they are declared."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: hints[name].__metadata__[0] for name in cls.__struct_fields__}


Methods = Annotated[
    tuple[str, ...],
    Text("métodos (palabras de OCDS) que se miran", "procurement methods (OCDS words) that are looked at"),
]

Rule = Callable[[Tables, Any], ir.Table]
Evidence = Callable[[Tables, Any, Mapping[str, Any]], ir.Table]


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag. `inputs`: paths of OCDS without which it cannot be computed; `law`: keys of the rulebook whose
    values it uses; `innocent`: readings without any wrong; `source`: whose definition it is; `evidence`: the releases
    (rid) behind one row of the answer, where the name of the unit does not tell them; `definition_es`: what the rule
    computes, in Spanish; the docstring of the rule says it in English; `bases` and `reasons`: what each
    word of `basis` means (module `bases`).
    """

    code: str
    title: Text
    explanation: Text
    group: Group
    side: Side
    needs: Needs
    inputs: tuple[str, ...]
    rule: Rule
    definition_es: str
    params: type[Params] = Params
    innocent: tuple[Text, ...] = ()
    law: tuple[str, ...] = ()
    version: int = 1
    source: Text = field(default=Text("definición de Vitrina", "Vitrina's definition"))
    cardinal: Rule | None = None  # the rule as Cardinal computes it, where Cardinal has the flag
    evidence: Evidence | None = None
    alone: bool = False  # judges a process by its own release, whatever other releases say
    bases: Mapping[str, Text] = field(default_factory=dict)
    reasons: Mapping[str, Text] = field(default_factory=dict)

    @property
    def definition(self) -> Text:
        """What the rule computes, exactly."""
        return Text(self.definition_es, " ".join(inspect.cleandoc(self.rule.__doc__ or "").split()))


def verdict(
    table: ir.Table,
    *,
    group: str,
    id: ir.Value,  # noqa: A002 - the name of the column
    flagged: ir.Value,
    value: ir.Value | float | None = None,
    rid: ir.Value | None = None,
    threshold: ir.Value | float | None = None,
    peer_n: ir.Value | None = None,
    percentile: ir.Value | None = None,
    missing: ir.Value | None = None,
    basis: ir.Value | str | None = None,
    unit: Mapping[str, ir.Value] | None = None,
) -> ir.Table:
    """The answer of a rule, columns of `VERDICT`. `missing`: paths (joined by `|`) that keep a unit from being judged;
    where it is not null, or `flagged` is null, the unit is not computable. `value` is null then. `basis`: what was
    taken where the data leave a choice, words such as `top_bracket`, which the flag explains in `bases` or `reasons`.
    `unit`: further columns, numbers that tell units apart as their ids do, until `units.worst` has chosen.
    """
    given: dict[str, Any] = {
        "group": group,
        "id": id,
        "rid": rid,
        "value": value,
        "threshold": threshold,
        "peer_n": peer_n,
        "percentile": percentile,
        "flagged": flagged,
        "missing": missing,
        "basis": basis,
    }
    cast = {
        name: (ibis.null(kind) if given[name] is None else _value(given[name]).cast(kind))
        for name, kind in VERDICT.items()
    }
    return table.select(**cast, **(unit or {}))


def _value(given: Any) -> ir.Value:
    return given if isinstance(given, ir.Value) else ibis.literal(given)


def lacking(**paths: ir.Value) -> ir.Value:
    """The missing paths of a row joined by `|`, null when none is: `lacking(**{"tender.value": t.value.isnull()})`."""
    assert paths, "name at least one path"
    told = [(path, is_missing.fill_null(True)) for path, is_missing in paths.items()]
    half = len(told) // 2 if len(told) > MOST_AT_ONCE else len(told)
    first, rest = _joined(told[:half]), told[half:]
    if not rest:
        return first
    second = _joined(rest)
    return ibis.coalesce(first + "|" + second, first, second)


def _joined(told: Sequence[tuple[str, ir.Value]]) -> ir.Value:
    """Every set of paths is a text of its own, so that no engine has to build texts row by row."""
    sets = [chosen for n in range(len(told), 0, -1) for chosen in itertools.combinations(told, n)]
    cases = [
        (
            functools.reduce(operator.and_, (is_missing for _, is_missing in chosen)),
            "|".join(path for path, _ in chosen),
        )
        for chosen in sets
    ]
    return ibis.cases(*cases)
