# SPDX-License-Identifier: Apache-2.0
"""A real installation. Everything it needs comes from the environment and it refuses to start without it."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from vitrina.site import paths
from vitrina.site.settings import security
from vitrina.site.settings.base import *  # noqa: F403
from vitrina.site.settings.base import STORAGES, databases


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: see docs/how-to/install.md.")
    return value


if os.environ.get("VITRINA_DEMO") == "1":
    raise ImproperlyConfigured("The demo (its clock and its open log-ins) never runs with the production settings.")

VITRINA_DEMO = False
DEBUG = False
SECRET_KEY = _required("VITRINA_SECRET_KEY")
SECRET_KEY_FALLBACKS = [k for k in os.environ.get("VITRINA_OLD_SECRET_KEYS", "").split(",") if k]
ALLOWED_HOSTS = [host for host in _required("VITRINA_HOSTS").split(",") if host]
PUBLIC_URL = os.environ.get("VITRINA_PUBLIC_URL") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES = databases(_required("DATABASE_URL"), pool_size=int(os.environ.get("VITRINA_POOL", "12")))
OCID_PREFIX = _required("VITRINA_OCID_PREFIX")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("VITRINA_PROXIES", "1"))  # limits by address look behind them

STATIC_ROOT = paths.var() / "static"  # `vitrina manage collectstatic` fills it
WHITENOISE_USE_FINDERS = False
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "vitrina.site.static_files.StaticFiles"}}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY = security.content_policy(upgrade=True)
