# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class BroadcastConfig(AppConfig):
    name = "vitrina.broadcast"
    label = "broadcast"

    def ready(self) -> None:
        from . import commands, events  # noqa: F401 - registers commands and kinds
