# SPDX-License-Identifier: Apache-2.0
"""Addresses of the account. Only what we use of allauth: no sign-up, no mail, no change of e-mail by oneself."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from . import views

to_security = RedirectView.as_view(pattern_name="mfa_index")
to_entrance = RedirectView.as_view(pattern_name="account_login")

urlpatterns = [
    path("entrar/", account.login, name="account_login"),
    path("entrar/codigo/", mfa.authenticate, name="mfa_authenticate"),
    path("entrar/llave/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("salir/", account.logout, name="account_logout"),
    path("cerrada/", account.account_inactive, name="account_inactive"),
    path("confirmar/", account.reauthenticate, name="account_reauthenticate"),
    path("confirmar/codigo/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("confirmar/llave/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("contrasena/", account.password_change, name="account_change_password"),
    path("contrasena/nueva/", account.password_set, name="account_set_password"),
    path("contrasena/olvidada/", views.forgotten, name="account_reset_password"),
    path("enlace/usado/", to_entrance, name="account_reset_password_from_key_done"),
    re_path(
        r"^enlace/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("segundo-factor/", views.second_factor, name="account_second_factor"),
    path("seguridad/", mfa.index, name="mfa_index"),
    path("seguridad/aplicacion/", totp.activate_totp, name="mfa_activate_totp"),
    path("seguridad/aplicacion/quitar/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("seguridad/codigos/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("seguridad/codigos/nuevos/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("seguridad/codigos/archivo/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("seguridad/llaves/", to_security, name="mfa_list_webauthn"),
    path("seguridad/llaves/nueva/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("seguridad/llaves/<int:pk>/quitar/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]
