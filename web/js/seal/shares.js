// SPDX-License-Identifier: Apache-2.0
// Shamir's sharing of a 32-byte secret with deterministic coefficients, and the commitments. Spec: sealed-bids, section 3.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as noble } from "@noble/hashes/sha2.js";

import { concat, sha256, utf8 } from "./bytes.js";
import { inv, mul } from "./gf256.js";

export const SECRET = 32;
export const SHARE = 33;
export const MOST = 16;

/** What shares and commitments are bound to. @param {string} ocid @param {string} recipient of the envelope @returns {string} */
export const context = (ocid, recipient) => `${ocid}/${recipient}`;

/**
 * The coefficients 1..k-1 of the polynomial whose value at 0 is the secret.
 * @param {Uint8Array} secret @param {number} k @param {string} ctx @returns {Uint8Array[]} 32 bytes each
 */
export function coefficients(secret, k, ctx) {
  return Array.from({ length: k - 1 }, (_, i) => hkdf(noble, secret, utf8(ctx), utf8(`sobre/v1/coef/${i + 1}`), SECRET));
}

/**
 * Share out a secret: any k of the n shares give it back, fewer say nothing.
 * @param {Uint8Array} secret 32 bytes @param {number} k @param {number} n at most 16, less than 2k
 * @param {string} ctx of `context()` @returns {Uint8Array[]} 33 bytes each: y, then x = 1..n. Throws RangeError.
 */
export function split(secret, k, n, ctx) {
  if (secret.length !== SECRET) throw new RangeError("a secret is 32 bytes");
  if (!Number.isInteger(k) || !Number.isInteger(n) || k < 1 || k > n || n > MOST || 2 * k <= n) throw new RangeError(`not a sharing: ${k} of ${n}`);
  const terms = [secret, ...coefficients(secret, k, ctx)];
  return Array.from({ length: n }, (_, i) => {
    const share = new Uint8Array(SHARE);
    for (let byte = 0; byte < SECRET; byte++) {
      // Horner: ((c2·x + c1)·x + secret)
      share[byte] = terms.reduceRight((sum, term) => mul(sum, i + 1) ^ term[byte], 0);
    }
    share[SECRET] = i + 1;
    return share;
  });
}

/**
 * Lagrange interpolation at 0. Nothing here says whether the shares are true: `keyCommit` does.
 * @param {Uint8Array[]} shares 33 bytes each, x distinct and not 0 @returns {Uint8Array} 32 bytes. Throws RangeError.
 */
export function combine(shares) {
  if (!shares.length) throw new RangeError("no shares");
  if (shares.some((share) => share.length !== SHARE)) throw new RangeError("a share is 33 bytes");
  const xs = shares.map((share) => share[SECRET]);
  if (xs.includes(0) || new Set(xs).size !== xs.length) throw new RangeError("shares must have distinct numbers from 1");
  const secret = new Uint8Array(SECRET);
  shares.forEach((share, i) => {
    const weight = xs.reduce((product, x, j) => (i === j ? product : mul(product, mul(x, inv(x ^ xs[i])))), 1);
    for (let byte = 0; byte < SECRET; byte++) secret[byte] ^= mul(share[byte], weight);
  });
  return secret;
}

/** @param {string} ctx @param {Uint8Array} share @returns {string} hex */
export const shareCommit = (ctx, share) => sha256(concat("sobre/v1/share\n", ctx, "\n", share));

/** @param {string} ctx @param {Uint8Array} secret @returns {string} hex */
export const keyCommit = (ctx, secret) => sha256(concat("sobre/v1/key\n", ctx, "\n", secret));

/**
 * The secret from whichever k of the shares give one of this commitment: decided by the hash, never by the public key.
 * @param {string} ctx @param {string} commit the manifest's key_commit @param {number} k @param {Uint8Array[]} shares
 * @returns {Uint8Array|null} null when no k of them do
 */
export function recoverSecret(ctx, commit, k, shares) {
  const distinct = [...new Map(shares.map((share) => [share.join(), share])).values()];
  const pick = (from, chosen) => {
    if (chosen.length === k) {
      if (new Set(chosen.map((share) => share[SECRET])).size < k) return null;
      const secret = combine(chosen);
      return keyCommit(ctx, secret) === commit ? secret : null;
    }
    for (let i = from; i < distinct.length; i++) {
      const found = pick(i + 1, [...chosen, distinct[i]]);
      if (found) return found;
    }
    return null;
  };
  return pick(0, []);
}
