# SPDX-License-Identifier: Apache-2.0
"""Workplaces: what waits for each office, until when, under which article, and the forms that do it."""
