# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class BiddingConfig(AppConfig):
    name = "vitrina.cycle.bidding"
    label = "bidding"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import commands, ocds  # noqa: F401 - registers commands and releases

        sequencer.CHORES.append(commands.tend)
