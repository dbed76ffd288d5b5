# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "vitrina.federation"
    label = "federation"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import events, rounds  # noqa: F401 - registers kinds

        sequencer.CHORES.append(rounds.tend)
