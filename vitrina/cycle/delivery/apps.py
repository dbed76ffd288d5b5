# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "vitrina.cycle.delivery"
    label = "delivery"

    def ready(self) -> None:
        from . import commands, ocds, pages  # noqa: F401 - registers commands, releases and forms
        from .progress import commands as _commands  # noqa: F401
        from .progress import pages as _pages  # noqa: F401
