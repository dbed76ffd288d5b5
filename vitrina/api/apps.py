# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "vitrina.api"
    label = "api"
