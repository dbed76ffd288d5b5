# SPDX-License-Identifier: Apache-2.0
"""`vitrina manage first_operator`: the one person whom nobody can invite from the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q

from vitrina.kernel import clock
from vitrina.parties import commands
from vitrina.parties.models import Appointment, Unit
from vitrina.parties.roles import Role
from vitrina.parties.sign_in import one_time_path


class Command(BaseCommand):
    """Units, people and offices are written through the register's own commands, in one transaction."""

    help = "Invite the first operator of an installation and print the one-time link; refused once there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--given-name", required=True)
        parser.add_argument("--surname", required=True)
        parser.add_argument("--unit-key", required=True, help="key of the institution, as 050GYR")
        parser.add_argument("--unit-name", default="", help="its name, when it is not in the register yet")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        at = clock.now()
        if Appointment.objects.filter(Q(until=None) | Q(until__gt=at), role=Role.OPERATOR).exists():
            raise CommandError("There is an operator already: they invite the others from their space.")
        unit = Unit.objects.filter(key=options["unit_key"]).first()
        if unit is None and not options["unit_name"]:
            raise CommandError(f"No unit has the key {options['unit_key']}: give --unit-name to register it.")
        unit = unit or commands.register_unit(
            at=at, key=options["unit_key"], name=options["unit_name"], kind="institute"
        )
        names = {name: options[name] for name in ("email", "given_name", "surname")}
        person = commands.register_person(**names)
        commands.appoint(at=at, person=person, role=Role.OPERATOR, unit=unit)
        self.stdout.write(f"{settings.PUBLIC_URL}{one_time_path(person)}")
