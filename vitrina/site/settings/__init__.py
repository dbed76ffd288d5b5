# SPDX-License-Identifier: Apache-2.0
"""Settings: `base` holds what is common; `demo`, `test` and `production` say what differs."""
