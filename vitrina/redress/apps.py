# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class RedressConfig(AppConfig):
    name = "vitrina.redress"
    label = "redress"

    def ready(self) -> None:
        from vitrina.cycle.core import barred

        from . import events, queries  # noqa: F401 - registers kinds

        barred.SOURCES.append(queries.debarred)
