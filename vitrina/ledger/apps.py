# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "vitrina.ledger"
    label = "ledger"
