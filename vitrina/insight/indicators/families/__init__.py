# SPDX-License-Identifier: Apache-2.0
"""Families of indicators, one module each; `registry` collects their `INDICATORS`."""
