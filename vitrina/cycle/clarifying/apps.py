# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class ClarifyingConfig(AppConfig):
    name = "vitrina.cycle.clarifying"
    label = "clarifying"

    def ready(self) -> None:
        from . import commands, ocds, pages, pages_again  # noqa: F401 - registers commands, releases and forms
