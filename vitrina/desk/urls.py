# SPDX-License-Identifier: Apache-2.0
"""Addresses of the desk."""

from django.urls import path

from . import auction_pages, camera, confirming, people, questions, seal_api, seal_pages, views
from .inbox import NEW
from .step import step

app_name = "desk"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("oficina/", views.choose_office, name="office"),
    path("confirmado/", confirming.confirmed, name="confirmed"),
    path("personas/", people.people, name="people"),
    path("registro/<str:command>/", step, {"ocid": NEW}, name="register"),
    path("recibo/<str:token>/", views.receipt, name="receipt"),
    path("recibo/<str:token>/por-corregir.csv", questions.rejected, name="questions_rejected"),
    path("llave/", seal_pages.key, name="key"),
    path("llave/datos/", seal_api.key, name="key_data"),
    path("sobres/<str:c>/recibo/", seal_api.receipt, name="envelope_receipt"),
    path("sobres/<str:c>/partes/", seal_api.parts, name="envelope_parts"),
    path("sobres/<str:c>/partes/<str:sha256>/", seal_api.part, name="envelope_part"),
    path("compra/<str:ocid>/", views.purchase, name="purchase"),
    path("compra/<str:ocid>/sellar/", seal_pages.seal, name="seal"),
    path("compra/<str:ocid>/llaves/", seal_pages.room, name="opening"),
    path("compra/<str:ocid>/camara/", camera.camera, name="camera"),
    path("compra/<str:ocid>/sellar/datos/", seal_api.seal_context, name="seal_data"),
    path("compra/<str:ocid>/sobres/", seal_api.envelopes, name="envelopes"),
    path("compra/<str:ocid>/llaves/datos/", seal_api.keys, name="opening_data"),
    path("compra/<str:ocid>/preguntas/", questions.questions, name="questions"),
    path("compra/<str:ocid>/preguntas/plantilla.<str:kind>", questions.template, name="questions_template"),
    path("compra/<str:ocid>/respaldo/", seal_api.backup, name="backup"),
    path("compra/<str:ocid>/subasta/<int:lot>/", auction_pages.place, name="auction"),
    path("compra/<str:ocid>/subasta/<int:lot>/datos/", auction_pages.facts, name="auction_facts"),
    path("compra/<str:ocid>/subasta/<int:lot>/ofertas/", auction_pages.offers, name="auction_offers"),
    path("compra/<str:ocid>/<str:command>/", step, name="step"),
    path("compra/<str:ocid>/<str:command>/borrador/", views.save_draft, name="draft"),
]
