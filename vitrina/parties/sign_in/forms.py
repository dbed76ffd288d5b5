# SPDX-License-Identifier: Apache-2.0
"""allauth's forms in our words: labels above, hints below, no text inside the fields."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST = 200  # of an e-mail or a password: a hash of megabytes costs the server, not the sender
LONGEST_ANSWER = 50_000  # characters of a device's answer, certificates included
NEW_PASSWORD = _("At least 12 characters. A sentence of four words is good and easy to remember.")


class Worded:
    """Gives fields the labels and hints of `words`: name -> (label, hint)."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.widget.attrs.pop("placeholder", None)
            field.validators.append(MaxLengthValidator(LONGEST))


class LoginForm(Worded, account.LoginForm):
    """E-mail and password."""

    words = {"login": (_("E-mail"), ""), "password": (_("Password"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    """The password again, before a change that protects the account."""

    words = {"password": (_("Your password"), "")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    """The present password and the next."""

    words = {
        "oldpassword": (_("Your present password"), ""),
        "password1": (_("The new password"), NEW_PASSWORD),
        "password2": (_("The new password once more"), ""),
    }


class ChoosePasswordForm(Worded, account.ResetPasswordKeyForm):
    """The first password, or another after a new link."""

    words = {
        "password1": (_("Your password"), NEW_PASSWORD),
        "password2": (_("The same once more"), ""),
    }


class SetPasswordForm(Worded, account.SetPasswordForm):
    """A password for an account that has none."""

    words = ChoosePasswordForm.words


class _Code(Worded):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": "12"}


class CodeForm(_Code, mfa.AuthenticateForm):
    """The second factor at the entrance."""

    words = {"code": (_("Code"), _("The six digits of your authenticator app, or one of your recovery codes."))}


class CodeAgainForm(_Code, mfa.ReauthenticateForm):
    """The second factor again."""

    words = CodeForm.words


class FirstCodeForm(_Code, ActivateTOTPForm):
    """Proof that the app holds the key."""

    words = {"code": (_("The code that the app shows now"), _("Six digits; they change every 30 seconds."))}


class CredentialField(forms.JSONField):
    """A device's answer: an object of a few kilobytes. Anybody may send one, of any depth."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value) if len(str(value)) <= LONGEST_ANSWER else None
        except RecursionError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second factor."""

    credential = CredentialField()


class PasskeyAloneForm(webauthn.LoginWebAuthnForm):
    """A passkey instead of the password."""

    credential = CredentialField()


class PasskeyAgainForm(webauthn.ReauthenticateWebAuthnForm):
    """A passkey to show again that it is them."""

    credential = CredentialField()


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A passkey always signs in by itself, so it always asks for the finger, the face or the PIN."""

    credential = CredentialField()
    passwordless = None  # not offered: `passkey.js` always asks for it, MFA_WEBAUTHN_USER_VERIFICATION enforces it
    name = forms.CharField(
        label=_("A name for it"), required=False, max_length=60,
        help_text=_("So that you know it again: my telephone, the office computer..."),
    )  # fmt: skip
