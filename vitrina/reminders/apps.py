# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "vitrina.reminders"
    label = "reminders"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import post

        sequencer.CHORES.append(post.tend)
