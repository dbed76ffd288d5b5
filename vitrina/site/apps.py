# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the installation."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "vitrina.site"
    label = "site"
