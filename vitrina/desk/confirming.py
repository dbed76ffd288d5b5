# SPDX-License-Identifier: Apache-2.0
"""Confirming that it is oneself on the way to a signature: what was sent waits meanwhile, and goes on afterwards.

What waits lies in the person's own session, encrypted, for as long as a confirmation counts. The address to which
the person comes back names it by a word that is good once, so nothing else can set it going.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from allauth.account import app_settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vitrina.kernel import clock, ids
from vitrina.parties.sign_in.adapters import box
from vitrina.parties.sign_in.fresh import entered_lately

from .offices import Seat, seated

WAITING, WORD = "desk_waiting", "seguir"
CODE = "SIGN_IN_AGAIN"


def suspend(request: HttpRequest) -> HttpResponse:
    """Keep what was posted and send the person to confirm that it is them."""
    word = ids.token()
    if request.method == "POST":
        told = {"path": request.path, "post": request.POST.urlencode(), "at": clock.system().timestamp()}
        request.session[WAITING] = {"word": word, "sealed": box().encrypt(json.dumps(told).encode()).decode()}
    query = request.GET.copy()
    query[WORD] = word
    return redirect(
        f"{reverse('account_reauthenticate')}?{urlencode({'next': f'{request.path}?{query.urlencode()}'})}"
    )


def resume(request: HttpRequest) -> bool:
    """Make a request what it was when it was suspended, files apart; false when it was not, or too long ago."""
    waiting = request.session.get(WAITING)
    if request.method != "GET" or not waiting or request.GET.get(WORD) != waiting["word"]:
        return False
    del request.session[WAITING]
    told = json.loads(box().decrypt(waiting["sealed"].encode()))
    age = clock.system().timestamp() - told["at"]
    if told["path"] != request.path or age > app_settings.REAUTHENTICATION_TIMEOUT or not entered_lately(request):
        return False
    request.method = "POST"
    request.POST = QueryDict(told["post"])
    request._files = MultiValueDict()  # noqa: SLF001 - else Django reads the body of the request that came now
    return True


def words() -> str:
    """What a page says that stays where it is and has the person confirm in another tab."""
    return _("You entered more than ten minutes ago. Confirm that it is you, in a page of its own, and press again.")


@require_GET
@seated
def confirmed(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Where the other tab ends: what was begun goes on in the first one."""
    return render(request, "desk/confirmed.html", {"nav": "desk", "seat": seat})


def address() -> str:
    """Where to confirm in another tab."""
    return _to_confirm(reverse("desk:confirmed"))


def _to_confirm(back: str) -> str:
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
