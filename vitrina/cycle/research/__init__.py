# SPDX-License-Identifier: Apache-2.0
"""Research: what the market charges, before the call (investigación de mercado).

Law: LAASSP 2000 art. 26 sixth paragraph and 2-X; its Reglamento art. 28 (sources). Prices are recorded in secret;
the conclusion publishes how many sources there are and a commitment to each reference price, which the opening
reveals with its salt. A research is `open`, then `concluded`; new prices before the call open it again.
"""
