# SPDX-License-Identifier: Apache-2.0
"""Whole purchases, from the plan to the payment, seen from outside."""
