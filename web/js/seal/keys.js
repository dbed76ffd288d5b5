// SPDX-License-Identifier: Apache-2.0
// age X25519 keys as texts: identity and recipient in Bech32, and the fingerprint that people compare. Spec: sealed-bids, section 3.
import { bech32 } from "@scure/base";

import { random, sha256 } from "./bytes.js";

const IDENTITY = "age-secret-key-";
const RECIPIENT = "age";

function decode(coded, prefix) {
  const found = bech32.decodeToBytes(coded);
  if (found.prefix.toLowerCase() !== prefix || found.bytes.length !== 32) throw new Error(`not a key that begins with ${prefix}1`);
  return found.bytes;
}

/** @returns {Uint8Array} 32 fresh random bytes */
export const newSecret = () => random(32);

/** @param {Uint8Array} secret 32 bytes @returns {string} AGE-SECRET-KEY-1... */
export const identityOf = (secret) => bech32.encodeFromBytes(IDENTITY, secret).toUpperCase();

/** @param {string} identity @returns {Uint8Array} the 32-byte secret. Throws for what is no age X25519 identity. */
export function secretOf(identity) {
  if (identity !== identity.toUpperCase()) throw new Error("an identity is written in upper case");
  return decode(identity.toLowerCase(), IDENTITY);
}

/** @param {Uint8Array} key X25519 public key, 32 bytes @returns {string} age1... */
export const recipientOf = (key) => bech32.encodeFromBytes(RECIPIENT, key);

/** @param {string} recipient @returns {Uint8Array} the X25519 public key. Throws for what is no age X25519 recipient. */
export function publicKeyOf(recipient) {
  if (recipient !== recipient.toLowerCase()) throw new Error("a recipient is written in lower case");
  return decode(recipient, RECIPIENT);
}

/**
 * What people read to each other to know that they mean the same key, as the server writes it.
 * @param {string} recipient @returns {string} e.g. "7c41 e09a 55d2"
 */
export const fingerprint = (recipient) => sha256(recipient).slice(0, 20).match(/.{4}/g).join(" ");
