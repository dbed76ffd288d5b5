# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class AuctionConfig(AppConfig):
    name = "vitrina.cycle.auction"
    label = "auction"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import commands, justifying, ocds, pages  # noqa: F401 - registers commands, releases and forms
        from .justifying import commands as prices
        from .justifying import ocds as _ocds  # noqa: F401
        from .justifying import pages as _pages  # noqa: F401

        sequencer.CHORES += [commands.tend, prices.tend]
