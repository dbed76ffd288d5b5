# SPDX-License-Identifier: Apache-2.0
"""Whether somebody showed lately who they are: asked before a signature and before keys are given or changed.

Source: efirma, "Settings": within ten minutes. The sessions' clock is the real one, also where the world has its own.
"""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from vitrina.kernel import clock


def entered_lately(request: HttpRequest) -> bool:
    """Whether the person signed in, or confirmed that it is them, within `ACCOUNT_REAUTHENTICATION_TIMEOUT`."""
    records = get_authentication_records(request, request.user)
    return bool(records) and clock.system().timestamp() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def must_confirm(request: HttpRequest) -> bool:
    """Whether the person has to confirm that it is them before signing; nobody does in a demonstration."""
    return not settings.VITRINA_DEMO and not entered_lately(request)
