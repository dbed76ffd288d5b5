# SPDX-License-Identifier: Apache-2.0
"""The demonstration's clock, shared by every process of the installation."""

from django.db import models


class DemoClock(models.Model):
    """The world's instant `world_at` was set when the real clock said `real_at`; it runs on from there."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    world_at = models.DateTimeField()
    real_at = models.DateTimeField()
