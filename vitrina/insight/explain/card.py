# SPDX-License-Identifier: Apache-2.0
"""All that explains one verdict, as one structure: the JSON of `vitrina insight explain`, and what `words` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from vitrina.insight.flags.bases import told
from vitrina.insight.flags.declare import Flag, Params
from vitrina.insight.flags.run import params_of
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .change import changes
from .peers import Peers, compared
from .rows import Shown, missing_inputs, used
from .statutes import Applied, applied
from .units import flag_of, judge, releases_of, verdict_of

SCHEMA = "vitrina.insight.explain/1"
MOST = 12
CAUTION = Text("Es un indicio, no una prueba.", "A reason to look, not a proof.")
State = Literal["flagged", "clear", "not_computable"]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of the rule, and what it is. `origin`: default (the flag's own) or settings (the file given)."""

    name: str
    value: Any
    origin: Literal["default", "settings"]
    about: str


class Process(msgspec.Struct, frozen=True):
    """A process behind the verdict and where its release stands."""

    ocid: str
    day: str | None


class Explanation(msgspec.Struct, frozen=True):
    """Why a unit is flagged, clear or not computable. `basis`: words of the rule, as `flags` writes them; `because`:
    what they say of this unit. New fields may come; those that are here keep their meaning.
    """

    schema: str
    code: str
    version: int
    title: str
    rule: str
    definition: str
    source: str
    needs: str
    side: str
    group: str
    id: str
    state: State
    value: float | None
    threshold: float | None
    basis: str | None
    because: list[str]
    parameters: list[Parameter]
    law: Applied | None
    n_processes: int
    rows: list[Shown]
    peers: Peers | None
    innocent: list[str]
    missing: list[str]
    empty: list[str]
    changes: list[str]
    synthetic: bool
    caution: str


def explain(
    t: Tables,
    code: str,
    unit: str,
    *,
    group: str | None = None,
    params: Mapping[str, Any] | None = None,
    lang: str = "es",
    most: int = MOST,
) -> Explanation:
    """Explain what a flag says of a unit. `group` where units of two groups share a name; `params`: those of the flag
    that differ from its defaults; `most`: rows shown of a table. Errors: `units.NotFound`, with the nearest.
    """
    flag = flag_of(code)
    chosen = params_of(flag, params)
    judged = judge(t, flag, chosen)
    row = verdict_of(t, judged, unit, group)
    releases = releases_of(t, flag, chosen, row)
    shown = used(t, flag, row, releases, most)
    state = state_of(row)
    missing = row["missing"].split("|") if row["missing"] else []
    rid = row["rid"] if row["rid"] is not None else _newest(t, releases)
    return Explanation(
        schema=SCHEMA,
        code=flag.code,
        version=flag.version,
        title=flag.title.say(lang),
        rule=flag.explanation.say(lang),
        definition=flag.definition.say(lang),
        source=flag.source.say(lang),
        needs=flag.needs,
        side=flag.side,
        group=row["group"],
        id=unit,
        state=state,
        value=row["value"] if state != "not_computable" else None,
        threshold=row["threshold"],
        basis=row["basis"] or None,
        because=because(flag, row["basis"], state, lang),
        parameters=parameters(flag, chosen, lang),
        law=applied(t, flag, rid, lang),
        n_processes=t.rows(releases.aggregate(n=releases.count()))[0]["n"],
        rows=shown,
        peers=compared(t, flag, chosen, judged, row, lang),
        innocent=[one.say(lang) for one in flag.innocent],
        missing=missing,
        empty=[path for path in missing_inputs(flag, shown) if path not in missing],
        changes=changes(state, flag, row, missing, lang),
        synthetic=t.manifest.is_synthetic,
        caution=CAUTION.say(lang),
    )


def state_of(row: Mapping[str, Any]) -> State:
    """The one of three states of a row of the rule's answer."""
    if row["missing"] is not None or row["flagged"] is None:
        return "not_computable"
    return "flagged" if row["flagged"] else "clear"


def because(flag: Flag, basis: str | None, state: State, lang: str) -> list[str]:
    """What the basis of a verdict says; nothing of a unit that was not judged."""
    if state == "not_computable":
        return []
    return [text.say(lang) for text in told(flag, basis, flagged=state == "flagged")]


def parameters(flag: Flag, chosen: Params, lang: str) -> list[Parameter]:
    """The parameters in force; those of the settings that equal the default are defaults."""
    own, words = flag.params(), flag.params.words()
    return [
        Parameter(
            name,
            msgspec.to_builtins(getattr(chosen, name)),
            "default" if getattr(chosen, name) == getattr(own, name) else "settings",
            words[name].say(lang),
        )
        for name in words
    ]


def _newest(t: Tables, releases: Any) -> int | None:
    """The newest process of a unit that is none itself: the law of its day is told."""
    found = t.rows(releases.filter(releases.day.notnull()).order_by([releases.day.desc(), "rid"]).limit(1))
    return found[0]["rid"] if found else None
