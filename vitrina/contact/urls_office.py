# SPDX-License-Identifier: Apache-2.0
"""Addresses of internal control."""

from django.urls import path

from . import office

app_name = "contact_office"
urlpatterns = [
    path("", office.letters, name="letters"),
    path("<int:number>/", office.letter, name="letter"),
]
