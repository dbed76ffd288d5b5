# SPDX-License-Identifier: Apache-2.0
"""Addresses for everybody."""

from django.urls import path

from . import pages

app_name = "contact"
urlpatterns = [
    path("", pages.write, name="write"),
    path("respuesta/", pages.read, name="read"),
]
