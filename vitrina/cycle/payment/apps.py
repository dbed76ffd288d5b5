# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    name = "vitrina.cycle.payment"
    label = "payment"

    def ready(self) -> None:
        from . import commands, ocds, pages  # noqa: F401 - registers commands, releases and forms
