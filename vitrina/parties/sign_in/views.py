# SPDX-License-Identifier: Apache-2.0
"""Pages about the account that allauth does not have."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from . import has_second_factor


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """What to do without a password. There is no form: nobody learns who has an account."""
    return render(request, "account/password_reset.html")


@require_GET
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for a second factor before the desk opens; whoever has one goes on."""
    if has_second_factor(request.user):
        return redirect("desk:inbox")
    return render(request, "account/second_factor.html")
