# SPDX-License-Identifier: Apache-2.0
"""Addresses of the desk."""

from django.urls import path

from . import people, views
from .inbox import NEW
from .step import step

app_name = "desk"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("oficina/", views.choose_office, name="office"),
    path("personas/", people.people, name="people"),
    path("registro/<str:command>/", step, {"ocid": NEW}, name="register"),
    path("recibo/<str:token>/", views.receipt, name="receipt"),
    path("compra/<str:ocid>/", views.purchase, name="purchase"),
    path("compra/<str:ocid>/<str:command>/", step, name="step"),
    path("compra/<str:ocid>/<str:command>/borrador/", views.save_draft, name="draft"),
]
