# SPDX-License-Identifier: Apache-2.0
"""Addresses. Spanish has no prefix, English lives under /en/; data and machines have no language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from vitrina.api.dumps import pages as dumps
from vitrina.contact.pages import numbers as letters
from vitrina.site.demo import efirma as demo_efirma
from vitrina.site.demo import page as demo
from vitrina.site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("vitrina.api.urls")),
    path("", include("vitrina.api.urls_interop")),
    path("datos/", include("vitrina.api.dumps.urls")),
    path("", include("vitrina.broadcast.urls")),
    path("", include("vitrina.portal.urls_data")),
    path("contacto.json", letters, name="contact_json"),
    *i18n_patterns(
        path("cuenta/", include("vitrina.parties.sign_in.urls")),
        path("mi-espacio/contacto/", include("vitrina.contact.urls_office")),
        path("mi-espacio/", include("vitrina.desk.urls")),
        path("contacto/", include("vitrina.contact.urls")),
        path("avisos/", include("vitrina.reminders.urls")),
        path("datos/", dumps.page, name="data"),
        path("demo/reloj/", demo.move_clock, name="demo_clock"),
        path("demo/quien/", demo.who, name="demo_who"),
        path("demo/entrar/", demo.sign_in, name="demo_sign_in"),
        path("demo/efirma/<str:part>/", demo_efirma.file, name="demo_efirma"),
        path("", include("vitrina.portal.urls")),
        prefix_default_language=False,
    ),
]
