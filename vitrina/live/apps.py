# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "vitrina.live"
    label = "live"
