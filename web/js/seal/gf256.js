// SPDX-License-Identifier: Apache-2.0
// The field GF(256) with the polynomial 0x11B, by tables. Spec: sealed-bids, section 3; not side-channel safe (section 11.9).
const POLYNOMIAL = 0x11b;
const GENERATOR = 3;
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);

function slowMul(a, b) {
  let product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a <<= 1;
    if (a & 0x100) a ^= POLYNOMIAL;
  }
  return product;
}

for (let i = 0, value = 1; i < 255; i++, value = slowMul(value, GENERATOR)) {
  EXP[i] = EXP[i + 255] = value;
  LOG[value] = i;
}

/** @param {number} a @param {number} b bytes @returns {number} */
export const mul = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

/** @param {number} a a byte other than 0 @returns {number} Throws RangeError for 0. */
export function inv(a) {
  if (!a) throw new RangeError("zero has no inverse");
  return EXP[255 - LOG[a]];
}
