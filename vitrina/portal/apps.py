# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "vitrina.portal"
    label = "portal"
