# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "vitrina.contact"
    label = "contact"

    def ready(self) -> None:
        from vitrina.desk import beside
        from vitrina.ledger import sequencer

        from . import commands, events, office, post  # noqa: F401 - registers commands and kinds

        sequencer.CHORES.append(post.tend)
        beside.NOTES.append(office.note)
