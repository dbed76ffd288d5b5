# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "vitrina.parties"
    label = "parties"

    def ready(self) -> None:
        from vitrina.ledger import sequencer

        from . import commands, events  # noqa: F401 - registers kinds
        from .openers import events as keys_of_openers  # noqa: F401 - registers kinds
        from .signing import watch
        from .signing.store import refuse_test_roots

        refuse_test_roots()
        sequencer.CHORES.append(watch.tend)
