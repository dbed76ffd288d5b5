# SPDX-License-Identifier: Apache-2.0
"""Signing in: passkey, or password and one-time code (django-allauth). Accounts are made by invitation only.

Officials need a second factor before the desk opens (security page, section 8); in a demonstration it is offered.
"""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import translation

from vitrina.parties.models import Person
from vitrina.parties.roles import Role

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: AbstractBaseUser) -> bool:
    """Whether the account holds a passkey or an authenticator; recovery codes alone are none."""
    return is_mfa_enabled(user, SECOND_FACTORS)


def lacks_second_factor(user: AbstractBaseUser, role: Role) -> bool:
    """Whether this person must set up a second factor before acting in this office."""
    return not settings.VITRINA_DEMO and role is not Role.SUPPLIER and not has_second_factor(user)


def one_time_path(person: Person) -> str:
    """The address, from the root of the site, at which an invited person chooses a password; "" once there is one.

    Made when it is asked for and stored nowhere. It works once, for `PASSWORD_RESET_TIMEOUT` seconds, and ends with
    the next renewal of the invitation.
    """
    if person.user.has_usable_password():
        return ""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person.user)
    with translation.override(settings.LANGUAGE_CODE):
        return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person.user), key])
