# SPDX-License-Identifier: Apache-2.0
"""The numbers on which a synthetic national history is calibrated, and how far the output may lie from them.

Marks: N published profile of the national file (secondary), D measured on files of 2010-2026, P our proposal where
nothing is known. None of this says anything of a real buyer or supplier.
"""

from __future__ import annotations

from types import MappingProxyType

FIRST_YEAR, LAST_YEAR = 2010, 2026
CUT = "2026-03-17"  # the day of the extract: what lies after it has "not yet" happened

PROCEDURES = ("open", "invitation", "direct", "other")
PROCEDURE_SHARES = (0.137, 0.099, 0.740, 0.023)  # of contracts, N

# Contracts per year, thousands. 2018-20 and 2022 N; the others P, so that 2010-24 sum to 2.36 million (N).
_COUNTS = (95.0, 110.0, 125.0, 135.0, 150.0, 165.0, 180.0, 190.0, 174.6, 181.5, 142.4, 165.0, 174.2, 185.0)
YEARS = MappingProxyType(dict(enumerate((*_COUNTS, 184.0, 180.0, 180.0), start=FIRST_YEAR)))

# Amounts in pesos, N: split log-normal around the median, Pareto above its p99; growth of the median P.
MEDIAN, SIGMA_LOW, SIGMA_HIGH = 120_000.0, 1.63, 2.05
TAIL_FROM, TAIL_Z, ALPHA = 0.99, 2.326347874, 1.157
GROWTH = 0.045
QUANTILES = MappingProxyType({0.25: 40_043.0, 0.50: 120_212.0, 0.75: 477_364.0, 0.90: 1.66e6, 0.95: 3.49e6})
WITHIN_PROCESS = 0.8  # correlation of the amounts of one procedure, P
WHOLE_PESOS, WHOLE_THOUSANDS = 0.403, 0.098  # D
ZERO, NO_AMOUNT = 1_473 / 2_356_609, 0.0022  # N

# Pressure on the ceiling of the direct award by amount, D (367 awards of one large buyer).
NEAR_CEILING, AT_CEILING = 0.17, 10 / 367

CATEGORIES = ("services", "goods", "works", "works_services", "lease")
CATEGORY_SHARES = (0.441, 0.235, 0.221, 0.089, 0.014)  # D, procedures of all buyers

# Contracts per procedure, D: 1, 2, 3, 4, then a tail 5-10 and 11-111.
PER_PROCEDURE = ((1, 1, 0.820), (2, 2, 0.074), (3, 3, 0.035), (4, 4, 0.014), (5, 10, 0.040), (11, 111, 0.017))

NEW_SUPPLIER, FITNESS_SIGMA = 0.125, 1.2  # P; gives 8.0 contracts per supplier (N)
PERSONS = 0.30  # of suppliers, D
SIZES = ("micro", "small", "medium", "large", "not-mipyme")
SIZE_SHARES = (0.266, 0.277, 0.139, 0.150, 0.166)  # by contracts, D; they sum to 0.998

INSTITUTIONS = 280  # N: 262-291
TOP, TOP_SHARE = 27, 0.84  # 27 hold 84 % of value, N; fit by bisection
UNIT_SIGMA = 1.05  # spread of contracts over the units of one institution, D

WEEKDAYS = (332, 574, 339, 669, 499, 22, 3)  # publication, Monday first, D
HOURS = (5, 5, 3, 0, 0, 0, 0, 0, 22, 52, 92, 95, 145, 165, 226, 237, 277, 263, 223, 254, 142, 117, 89, 26)  # D
OPENING_HOURS = (8, 9, 10, 10, 10, 11, 12, 13)  # P around the observed peak at 10
MONTHS = (12.6, 7.2, 8.1, 6.4, 6.5, 6.3, 6.8, 8.6, 6.3, 10.1, 11.1, 9.9)  # P, after 1,070 contracts

# Days between acts: probability -> days. D for tenders and invitations of 2026, P where it says so.
STAGES = MappingProxyType(
    {
        "open.N.opening": ((0, 0.05, 0.299, 0.30, 0.60, 0.95, 1), (10, 10, 14, 15, 15, 21, 38)),
        "open.T.opening": ((0, 0.05, 0.5, 0.793, 0.794, 0.95, 1), (10, 11, 15, 39, 40, 42, 47)),
        "open.I.opening": ((0, 0.05, 0.5, 0.95, 1), (10, 10, 16, 21, 23)),
        "open.works.opening": ((0, 0.05, 0.514, 0.515, 0.95, 1), (10, 10, 14, 15, 43, 45)),
        "invitation.opening": ((0, 0.05, 0.5, 0.95, 1), (5, 5, 8, 16, 24)),
        "invitation.works.opening": ((0, 0.05, 0.5, 0.95, 1), (5, 5, 13, 24, 43)),
        "open.award": ((0, 0.05, 0.5, 0.95, 1), (0, 1, 5, 18, 26)),
        "works.award": ((0, 0.05, 0.5, 0.95, 1), (0, 3, 13, 34, 40)),
        "invitation.award": ((0, 0.05, 0.5, 0.95, 1), (0, 1, 4, 12, 20)),  # P
        "direct.award": ((0, 0.5, 0.95, 1), (0, 2, 9, 20)),  # P
        "clarification": ((0, 0.05, 0.5, 0.95, 1), (6, 6, 7, 12, 23)),
        "signature": ((0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1), (1, 10, 16, 21, 25, 35, 57, 80)),
        "start_before_signature": ((0, 0.198, 0.5, 0.95, 1), (-20, 0, 14, 30, 60)),
    }
)

# What is unknown though it happened, by era (last year of the era -> share). "Not yet" comes apart, from CUT.
UNKNOWN_AWARD = ((2023, 0.358), (2026, 0.031))  # D
UNKNOWN_SIGNATURE = ((2023, 0.667), (2025, 0.575), (2026, 0.20))  # D; of the last, the rest of 33.1 % is not yet
UNKNOWN_PUBLICATION = ((2017, 0.38), (2026, 0.013))  # D
KNOWN_RFC = ((2017, 0.001), (2022, 0.66), (2026, 0.474))  # N, of contracts

# tenders, invitations; D
DESERTED = (0.115, 0.128)
CANCELLED = (0.077, 0.015)
OPEN_BIDDERS, INVITED, INVITED_BID = 1.6, 0.7, 0.60  # 1 + Poisson(1.6); 3 + Poisson(0.7), of which 60 % bid; P

# Shares of institutions that publish more than the minimum; P.
PUBLISH_BIDS, BIDS_SINCE, PUBLISH_ESTIMATE, PUBLISH_EXECUTION = 0.35, 2018, 0.6, 0.4
AMENDED, COMPLAINTS, FOUNDED_COMPLAINTS, LATE_DELIVERY = 0.08, 0.03, 0.15, 0.12
DISQUALIFIED, WITHDRAWN = 0.10, 0.01

# Tolerances of the self-check.
SHARE_WITHIN, QUANTILE_WITHIN, ALPHA_WITHIN = 0.01, 0.05, 0.10


def of_era(table: tuple[tuple[int, float], ...], year: int) -> float:
    """The value of the era of a year."""
    return next(value for last, value in table if year <= last)
