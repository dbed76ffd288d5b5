# SPDX-License-Identifier: Apache-2.0
"""`{% load charts %}{% chart one %}`: a chart (`vitrina.portal.charts.chart.Chart`) with its table, data and code."""

from __future__ import annotations

from typing import Any

from django import template

from vitrina.portal.charts import shown
from vitrina.portal.charts.chart import Chart

register = template.Library()


@register.inclusion_tag("parts/chart.html")
def chart(one: Chart, heading: str = "h3") -> dict[str, Any]:
    """The figure; `heading`: the level of its title, `h2` where no section stands around it."""
    return {**shown.shown(one), "heading": heading}
