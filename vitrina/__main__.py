# SPDX-License-Identifier: Apache-2.0
"""`python -m vitrina` and the `vitrina` command."""

from vitrina.site.cli import main

if __name__ == "__main__":
    main()
