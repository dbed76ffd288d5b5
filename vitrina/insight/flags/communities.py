# SPDX-License-Identifier: Apache-2.0
"""Firms that keep meeting: communities as expressions, for rules that run on any engine.

Two firms are tied where they met often and seldom bid apart; a community is what ties connect. Each firm takes the
least number among itself and its ties, `ROUNDS` times: firms up to that many ties apart come together. (The screens
cut finer, by Louvain; a flag must be an expression.)
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables

from .shared import bidders
from .units import bidder_pairs, org_ids

MEETINGS, JACCARD = 3, 0.3
ROUNDS = 3


def communities(t: Tables) -> ir.Table:
    """(oid, community): firms with a tie; `community` is the least oid of theirs."""
    return t.once("communities", _communities)


def _communities(t: Tables) -> ir.Table:
    pairs, b = bidder_pairs(t), bidders(t).select("rid", "oid")
    n = b.group_by("oid").aggregate(n=b.rid.count())
    met = pairs.group_by(["a", "b"]).aggregate(c=pairs.rid.count())
    met = met.filter(met.c >= MEETINGS).join(n.rename(a="oid", n_a="n"), "a").join(n.rename(b="oid", n_b="n"), "b")
    jaccard = met.c.cast("float64") / (met.n_a + met.n_b - met.c)
    tied = met.filter(jaccard >= JACCARD)
    ties = t.engine.keep("community_ties", tied.select("a", "b").union(tied.select(a="b", b="a")).distinct())
    label = ties.select(oid="a").distinct().mutate(community=ibis._.oid)
    for number in range(ROUNDS):
        label = t.engine.keep(f"community_round_{number}", label)
        there = ties.join(label.rename(b="oid"), "b").select(oid="a", community="community")
        both = label.union(there)
        label = both.group_by("oid").aggregate(community=both.community.min())
    return label


def community_ids(t: Tables) -> ir.Table:
    """(community, id): the least id of its members, and how many more they are. All ids would not fit in one."""
    named = communities(t).join(org_ids(t), "oid")
    found = named.group_by("community").aggregate(first=named.id.min(), n=named.oid.count())
    more = (found.n - 1).cast("string")
    return found.select("community", id=found["first"] + " +" + more)
