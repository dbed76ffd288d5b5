# SPDX-License-Identifier: Apache-2.0
"""`{% load sign_in %}`: what the account's pages hand to their script."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """The value as JSON text, for an attribute (a template escapes it)."""
    return json.dumps(value, cls=DjangoJSONEncoder)
