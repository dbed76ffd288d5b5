# SPDX-License-Identifier: Apache-2.0
"""What allauth asks of us: no sign-up, our words, second factors encrypted in the database."""

from __future__ import annotations

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .fresh import entered_lately


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by invitation. Unknown and known addresses get the same answers."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Ask whoever runs Vitrina in your institution."),
        "email_password_mismatch": _("The e-mail or the password is not right. Check both and try again."),
        "enter_current_password": _("That is not your present password. Write it again."),
        "incorrect_code": _("The code is not right. Write the one that is shown now; each one lasts 30 seconds."),
        "incorrect_password": _("The password is not right. Write it again."),
        "invalid_password_reset": _("This link no longer works."),
        "rate_limited": _("Too many attempts. Wait five minutes and try again."),
        "too_many_login_attempts": _(
            "Too many attempts with this e-mail. Wait five minutes, or sign in with your passkey."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Not for who signed in a moment ago: an invited person goes straight on to the second factor."""
        return super().is_reauthentication_required(app=app, **kwargs) and not entered_lately(context.request)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: a copy of the database alone must not be able to make anybody's codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Add a passkey or an authenticator app first."),
    }

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        n = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(n)d") % {"n": n}

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER


def box() -> MultiFernet:
    """Encrypts with a key drawn from SECRET_KEY; still reads what SECRET_KEY_FALLBACKS wrote."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"vitrina second factor\n" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
