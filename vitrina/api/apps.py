# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "vitrina.api"
    label = "api"

    def ready(self) -> None:
        from vitrina.ledger.erasing import AFTERWARDS

        from .dumps.make import renew_after_erasure
        from .edca import projection  # noqa: F401 - registers the projection, after the ledger's own
        from .pdn import projection as contracts  # noqa: F401 - registers the words of contracts

        AFTERWARDS.append(renew_after_erasure)
