# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "vitrina.desk"
    label = "desk"
