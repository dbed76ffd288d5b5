# SPDX-License-Identifier: Apache-2.0
"""What every installation shares. Nothing secret, nothing about one machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from vitrina.cycle import STAGES
from vitrina.site import paths
from vitrina.site.buckets import Rate
from vitrina.site.settings import database, mail, security

DATABASE_URL = os.environ.get("DATABASE_URL", "")
STATEMENT_TIMEOUT = os.environ.get("VITRINA_STATEMENT_TIMEOUT", "10s")
IDLE_TIMEOUT = os.environ.get("VITRINA_IDLE_TIMEOUT", "30s")


def databases(url: str, pool_size: int = 0) -> dict[str, Any]:
    """DATABASES for one address, with the limits that keep one forgotten transaction from stalling the feed."""
    return {
        "default": database.parse(
            url, statement_timeout=STATEMENT_TIMEOUT, idle_timeout=IDLE_TIMEOUT, pool_size=pool_size
        )
    }


VITRINA_DEMO = False
OCID_PREFIX = os.environ.get("VITRINA_OCID_PREFIX", "ocds-vt0001")

DEBUG = False
ROOT_URLCONF = "vitrina.site.urls"
WSGI_APPLICATION = "vitrina.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_CHARSET = "utf-8"
X_FRAME_OPTIONS = "DENY"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "vitrina.ledger",
    "vitrina.parties",
    "vitrina.cycle.core",
    *(f"vitrina.cycle.{stage}" for stage in STAGES),
    "vitrina.history",
    "vitrina.broadcast",
    "vitrina.integrity.questions",
    "vitrina.redress",
    "vitrina.federation",
    "vitrina.portal",
    "vitrina.portal.funds",
    "vitrina.desk",
    "vitrina.live",
    "vitrina.reminders",
    "vitrina.contact",
    "vitrina.api",
    "vitrina.site",
    "allauth",  # after ours: our templates for its pages come first
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "vitrina.site.compressed.CompressPages",
    "csp.middleware.CSPMiddleware",
    "vitrina.site.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "vitrina.site.limits.Limits",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vitrina.api.envelope.Envelope",
    "vitrina.site.clean.CleanRequest",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [paths.ROOT / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vitrina.site.context.installation",
            ],
        },
    }
]

# Languages: Spanish has no prefix and is the text of record; English lives under /en/. No cookie decides.
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [paths.ROOT / "web" / "locale"]
TIME_ZONE = "America/Mexico_City"  # for display; the database and the code keep UTC
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [paths.ROOT / "web" / "static"]
FILES_DIR = paths.var() / "files"  # files of acts, by SHA-256
SEALED_DIR = paths.var() / "sealed"  # ciphertexts of sealed bids, by SHA-256
SEARCH_DIR = paths.search_dir()  # the index of the search, derived: may be thrown away
DUMP_DIR = paths.dump_dir()  # everything public as files, derived: may be thrown away
DUMP_KEEP_HOURS = int(os.environ.get("VITRINA_DUMP_KEEP_HOURS", "6"))  # of files that newer ones have replaced
FLOOR_KEY = paths.floor_key()  # opens the floors that bidders leave in auctions; the database never holds it
BROADCAST_DIR = Path(os.environ.get("VITRINA_BROADCAST_DIR") or paths.var() / "broadcast").resolve()
BROADCAST_SERVER = os.environ.get("VITRINA_BROADCAST_SERVER", "rtmp://127.0.0.1/live")  # what officials write into OBS
BROADCAST_KEEP_DAYS = int(os.environ.get("VITRINA_BROADCAST_KEEP_DAYS", "30"))  # of the server's own recordings
PUBLISHER_NAME = os.environ.get("VITRINA_PUBLISHER", "Vitrina")
SECURITY_CONTACT = os.environ.get("VITRINA_SECURITY_CONTACT", "seguridad@vitrina.example")
PUBLIC_URL = os.environ.get("VITRINA_PUBLIC_URL", "http://127.0.0.1:8000")

# How often one address may ask: of API, assistant and search; of files that are made of all that a search finds.
_PER_SECOND = float(os.environ.get("VITRINA_API_PER_SECOND", "10"))
_FILES_PER_MINUTE = float(os.environ.get("VITRINA_FILES_PER_MINUTE", "12"))
LIMITS = {
    "api": Rate(_PER_SECOND, int(_PER_SECOND * 10)),
    "files": Rate(_FILES_PER_MINUTE / 60, int(_FILES_PER_MINUTE)),
}
LIMITS_FILE: Path | None = paths.var() / "limits"

# The body whose operators look after the whole installation; empty: the one that was registered first.
OPERATING_BODY = os.environ.get("VITRINA_OPERATING_BODY", "")

# Other installations that are shown here: how often they are looked at (0: never by itself), how many leaves of a log
# are read at most, whether private addresses and http:// may be asked.
FEDERATION_MINUTES = int(os.environ.get("VITRINA_FEDERATION_MINUTES", "15"))
FEDERATION_LEAVES = int(os.environ.get("VITRINA_FEDERATION_LEAVES", "3000000"))
FEDERATION_PRIVATE = os.environ.get("VITRINA_FEDERATION_PRIVATE") == "1"

# Systems of the national digital platform that may ask at /pdn/: the file that names them.
PDN_CLIENTS = os.environ.get("VITRINA_PDN_CLIENTS", "")
PDN_DEMO_CLIENT: tuple[str, str] | None = None

# The public log. Only the sequencer reads the key; pages read what it has published in the folder.
LOG_DIR = paths.log_dir()
LOG_KEY = paths.log_key()
LOG_ORIGIN = os.environ.get("VITRINA_LOG_ORIGIN", "")  # empty: the host of PUBLIC_URL and /log
LOG_WITNESSES = os.environ.get("VITRINA_WITNESSES", "")  # file with the witnesses that are asked for cosignatures
LOG_TSA_URL = os.environ.get("VITRINA_TSA_URL", "")  # RFC 3161 provider
LOG_TSA_ROOTS = os.environ.get("VITRINA_TSA_ROOTS", "")  # file with its root certificates, PEM
LOG_PER_DATABASE = False  # tests: a folder and a key for each database

# Signatures: how acts may be signed (a profile of `parties/signing/policy.toml`), the folders of the authorities that
# are trusted (`parties/signing/store.py`), and what seals papers: a certificate and its key, in files.
SIGNING_PROFILE = os.environ.get("VITRINA_SIGNING", "mexico")
SIGNING_TRUST = [paths.ROOT / "vitrina" / "parties" / "signing" / "trust"]
if os.environ.get("VITRINA_TRUST"):
    SIGNING_TRUST.append(Path(os.environ["VITRINA_TRUST"]))
SIGNING_ALLOW_TEST_ROOTS = False
PAPER_SEAL = {
    "certificate": os.environ.get("VITRINA_SEAL_CERTIFICATE", ""),
    "key": os.environ.get("VITRINA_SEAL_KEY", ""),
    "password_file": os.environ.get("VITRINA_SEAL_PASSWORD_FILE", ""),
}
PAPERS_DIR = paths.var() / "papers"  # sealed papers, by what they say: each is sealed once

WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Reminders. Without a mail server they go to webhooks only; addresses of private networks are no targets.
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = mail.parse(
    os.environ.get("VITRINA_SMTP", "")
)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = os.environ.get("VITRINA_MAIL_FROM", "avisos@vitrina.example")
REMINDERS_EMAIL = bool(EMAIL_HOST)
WEBHOOKS_PRIVATE = os.environ.get("VITRINA_WEBHOOKS_PRIVATE") == "1"

# Sign-in: passkey, or password and one-time code. No mail server is needed; accounts are made by invitation.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:inbox"
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "vitrina.parties.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "vitrina.parties.sign_in.forms.LoginForm",
    "reauthenticate": "vitrina.parties.sign_in.forms.ReauthenticateForm",
    "change_password": "vitrina.parties.sign_in.forms.ChangePasswordForm",
    "set_password": "vitrina.parties.sign_in.forms.SetPasswordForm",
    "reset_password_from_key": "vitrina.parties.sign_in.forms.ChoosePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds; before signing, giving keys, changing the account (e.firma page)
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the one-time link of an invitation leads straight on to the second factor
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",  # security page, section 6
    "login_failed": "20/m/ip,5/300s/key",
    "ask": "6/10m/ip",  # questions of the public; addresses are kept in memory only, and no longer than this
    "contact": "6/h/ip",  # letters of the public
    "contact_read": "30/h/ip",  # tries of a receipt
    "remind": "12/h/ip,4/h/key",  # reminders: by address of the visitor, and by where they are to be sent
}
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
MFA_ADAPTER = "vitrina.parties.sign_in.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "vitrina.parties.sign_in.forms.CodeForm",
    "reauthenticate": "vitrina.parties.sign_in.forms.CodeAgainForm",
    "activate_totp": "vitrina.parties.sign_in.forms.FirstCodeForm",
    "add_webauthn": "vitrina.parties.sign_in.forms.AddPasskeyForm",
    "authenticate_webauthn": "vitrina.parties.sign_in.forms.PasskeyForm",
    "login_webauthn": "vitrina.parties.sign_in.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "vitrina.parties.sign_in.forms.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever invited a person knows the address; nothing is sent to it
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Vitrina"
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds before and after: telephones run late
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What a request may weigh. Files have limits of their own by type, where they are received.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
REQUEST_MAX_SIZE = 160_000_000  # of a request with files: three documents of a step at 50 MB, and some text
PART_MAX_SIZE = 8 * 1024 * 1024 + 65_536  # of raw bytes: one part of a sealed envelope
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o640

CONTENT_SECURITY_POLICY = security.content_policy()
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "vitrina.site.logs.Discreet", "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "vitrina": {"level": "INFO"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},  # anybody could fill the log with it
    },
}
