# SPDX-License-Identifier: Apache-2.0
"""Addresses of reminders."""

from django.urls import path

from . import pages

app_name = "reminders"
urlpatterns = [
    path("", pages.subscribe, name="subscribe"),
    path("<str:token>/", pages.manage, name="manage"),
    path("<str:token>/confirmar/", pages.confirm, name="confirm"),
    path("<str:token>/baja/", pages.leave, name="leave"),
    path("<str:token>/<str:message>/otra-vez/", pages.again, name="again"),
]
