# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "vitrina.history"
    label = "history"

    def ready(self) -> None:
        from . import releases  # noqa: F401 - registers kinds and releases
