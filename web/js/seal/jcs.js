// SPDX-License-Identifier: Apache-2.0
// Canonical JSON (RFC 8785). A text that is not its own canonical form is refused. Spec: sealed-bids, section 3.
import canonicalize from "canonicalize";

/** @param {unknown} value what JSON can say, no undefined @returns {string} */
export const jcs = (value) => canonicalize(value);

/** @param {string} written @returns {any} Throws SyntaxError for what is not canonical. */
export function parseCanonical(written) {
  const value = JSON.parse(written);
  if (jcs(value) !== written) throw new SyntaxError("not canonical JSON");
  return value;
}
