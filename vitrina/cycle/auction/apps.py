# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class AuctionConfig(AppConfig):
    name = "vitrina.cycle.auction"
    label = "auction"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import commands, ocds, pages  # noqa: F401 - registers commands, releases and forms

        sequencer.CHORES.append(commands.tend)
