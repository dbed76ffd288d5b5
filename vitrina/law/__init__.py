# SPDX-License-Identifier: Apache-2.0
"""The law as dated data: what may be done, until when, under which article, and how sure we are of it.

No number of the law stands in code. Every value is a row in `law/data/<jurisdiction>/*.toml` with its law, article,
dates and certainty (`D` agrees with real rows, `R` original read, `S` secondary source, `M`/`m` from memory, `P` our
proposal). A change of the law is a new row with a later `from`; a row is never edited. Nothing here needs Django.

    >>> from datetime import date
    >>> from vitrina.law import rule, ceiling, check, explain, due, calendar, profile, rulebook
    >>> r = rule("term.publication_to_opening.min", at=date(2026, 1, 5), procedure="licitacion_publica", character="N")
    >>> r.value, r.unit, r.article, r.law, r.certainty, r.severity
    (15, 'natural_days', '42', 'LAASSP-2025', 'S', 'justify')
    >>> print(explain(r, "es"))
    15 días naturales entre convocatoria y apertura, art. 42 LAASSP-2025, fuente secundaria, no verificado por un
    abogado

Pin what a procedure began under, once, and pass it ever after (`at` is then the date of the act in question):

    >>> book = rulebook(date(2025, 4, 10))                   # store book.id and book.digest with the procedure
    >>> rule("term.award_to_signature.max", at=date(2025, 6, 2), rulebook=book.id).unit
    'natural_days'

Check a term (a pair of days against `.min`/`.reduced_min` or `.max`/`.extension`), or ask when it falls due:

    >>> o = check("term.publication_to_opening", start=date(2026, 1, 5), end=date(2026, 1, 15),
    ...           procedure="licitacion_publica", character="N")
    >>> o.state, o.days, o.limit, o.severity                 # state: holds | reduced | extended | breach | unknown
    ('reduced', 10, 15, 'justify')
    >>> d = due(rule("term.award_to_signature.max", at=date(2026, 1, 30)), date(2026, 1, 30))
    >>> d.end, len(d.days), d.days[2].counted, d.days[2].reason.text("es")      # the ruler of days that a page draws
    (datetime.date(2026, 2, 23), 24, False, 'primer lunes de febrero')

Ceilings depend on the buyer's authorised budget of the year (pesos without VAT, or `Money`):

    >>> ceiling(1_600_000_000, year=2026, category="goods", procedure="adjudicacion_directa").value
    1145000

Procedure profiles (stages, evaluation methods, what is public when, what 0, 1 or 2 bids mean) are rows too:

    >>> profile("licitacion_publica", at=date(2026, 1, 5), character="N").bids(0)
    'deserted'

Errors (all `LawError`): `LawNotFound` no such rule, with the nearest keys; `UnknownValue` the rule exists and nobody
has recorded its value (Coahuila, Sonora: never the federal number instead); `Ambiguous` the question leaves out a
distinction that matters; `BadQuestion` an unknown word in the question; `BadRulebook` the data do not load.
"""

from vitrina.law.calendars import calendar, due, latest
from vitrina.law.checks import Outcome, check
from vitrina.law.errors import Ambiguous, BadQuestion, BadRulebook, LawError, LawNotFound, UnknownValue
from vitrina.law.explain import explain
from vitrina.law.model import Rule, Rulebook
from vitrina.law.profiles import Profile, profile
from vitrina.law.query import rule, rulebook, rules
from vitrina.law.thresholds import ceiling

__all__ = [
    "Ambiguous",
    "BadQuestion",
    "BadRulebook",
    "LawError",
    "LawNotFound",
    "Outcome",
    "Profile",
    "Rule",
    "Rulebook",
    "UnknownValue",
    "calendar",
    "ceiling",
    "check",
    "due",
    "explain",
    "latest",
    "profile",
    "rule",
    "rulebook",
    "rules",
]
