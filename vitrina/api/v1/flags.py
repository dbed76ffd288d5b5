# SPDX-License-Identifier: Apache-2.0
"""The catalogue of red flags: what each computes and which innocent explanations it has, in both languages."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Path, Router

from vitrina.api.problems import Refused
from vitrina.insight.text import Text

from .answering import FOUND, LISTED, answer
from .scorecards import rate
from .shapes import flags as shapes

router = Router(tags=["flags"])
Code = Annotated[str, Path(pattern=r"^[Rr][0-9]{3}$", examples=["R018"])]
CAUTION = Text("Es un indicio para mirar, no una prueba ni una acusación.",
               "A reason to look: not a proof, and not an accusation.")  # fmt: skip


@router.get("/flags", response={200: shapes.Flags, **LISTED}, operation_id="list_flags",
            summary="Every red flag")  # fmt: skip
def flags(request: HttpRequest) -> HttpResponse:
    """By code: what it computes, its parameters, its innocent explanations."""
    return answer(request, {"results": [explained(code) for code in catalogue()]})


@router.get("/flags/{code}", response={200: shapes.Flag, **FOUND}, operation_id="get_flag",
            summary="One red flag, explained")  # fmt: skip
def flag(request: HttpRequest, code: Code) -> HttpResponse:
    """What a flag computes, from what, by which law, and what else than a wrong may be behind it."""
    return answer(request, explained(code))


def explained(code: str) -> dict[str, Any]:
    """A flag by its code. Refused with 404 when there is none."""
    found = catalogue().get(code.upper())
    if found is None:
        raise Refused(404, gettext_lazy("No flag has the code %(code)s; /api/v1/flags has them all."), "not_found",
                      code=code)  # fmt: skip
    return {**found, "base_rate": rate(found["code"])}


@functools.cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Code -> flag as answers have it. Read once: the first time imports the rules."""
    from vitrina.insight.flags import registry  # noqa: PLC0415 - a second and a hundred megabytes: whoever asks pays

    return {code: _told(one) for code, one in registry.flags().items()}


def _told(one: Any) -> dict[str, Any]:
    own, about = one.params(), one.params.words()
    return {
        "code": one.code, "version": one.version, "title": _words(one.title),
        "explanation": _words(one.explanation), "definition": _words(one.definition), "group": str(one.group),
        "side": str(one.side), "needs": str(one.needs), "inputs": list(one.inputs),
        "parameters": [
            {"name": name, "default": msgspec.to_builtins(getattr(own, name)), "about": _words(text)}
            for name, text in about.items()
        ],
        "bases": {word: _words(text) for word, text in {**one.bases, **one.reasons}.items()},
        "law": list(one.law), "innocent": [_words(text) for text in one.innocent], "source": _words(one.source),
        "base_rate": None, "caution": _words(CAUTION), "page": f"{settings.PUBLIC_URL}/api/v1/flags/{one.code}",
    }  # fmt: skip


def _words(text: Text) -> dict[str, str]:
    return {"es": text.es, "en": text.en}
