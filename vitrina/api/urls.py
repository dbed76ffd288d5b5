# SPDX-License-Identifier: Apache-2.0
"""Addresses of the API: the versioned one, and the first four addresses, which keep answering."""

from django.urls import path

from .open_data import api as first
from .v1.assembled import api as v1

urlpatterns = [path("v1/", v1.urls), path("", first.urls)]
