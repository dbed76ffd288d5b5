# SPDX-License-Identifier: Apache-2.0
"""Progress of works and services: how much was planned and done by a day, what may be paid, where, and photographs."""
