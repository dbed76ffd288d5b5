# SPDX-License-Identifier: Apache-2.0
"""Addresses of the API."""

from django.urls import path

from .open_data import api

urlpatterns = [path("", api.urls)]
