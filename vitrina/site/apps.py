# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the installation."""

from django.apps import AppConfig
from django.conf import settings


class SiteConfig(AppConfig):
    name = "vitrina.site"
    label = "site"

    def ready(self) -> None:
        from vitrina.ledger import kinds, log_acts, sequencer

        from . import commands

        sequencer.CHORES += [commands.note_build, log_acts.tend]
        kinds.prepare()  # every room stands by now
        if settings.VITRINA_DEMO:
            from .demo import clock

            clock.install()
            sequencer.CHORES[:] = [clock.once_it_runs(chore) for chore in sequencer.CHORES]
