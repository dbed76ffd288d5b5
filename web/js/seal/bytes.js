// SPDX-License-Identifier: Apache-2.0
// Bytes and their texts: UTF-8, lowercase hex, standard base64 with padding; SHA-256. Spec: sealed-bids, section 3.
import { sha256 as noble } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";

import { Sha256 } from "./sha256.js";

export const HEX32 = /^[0-9a-f]{64}$/;

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => new TextEncoder().encode(text);
/** @param {Uint8Array} bytes @returns {string} Throws TypeError for bytes that are no UTF-8; keeps a byte order mark. */
export const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
/** @param {Uint8Array} bytes @returns {string} lowercase */
export const hex = (bytes) => bytesToHex(bytes);
/** @param {string} digits @returns {Uint8Array} Throws for what is not hex. */
export const unhex = (digits) => hexToBytes(digits);
/** @param {Uint8Array} bytes @returns {string} standard alphabet, padded */
export const b64 = (bytes) => base64.encode(bytes);
/** @param {string} coded @returns {Uint8Array} Throws for anything but the one way to write those bytes. */
export const unb64 = (coded) => base64.decode(coded);
/** @param {number} length @returns {Uint8Array} from the browser's generator */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {...(Uint8Array|string)} parts texts count as UTF-8 @returns {Uint8Array} */
export function concat(...parts) {
  const all = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @param {Uint8Array|string} data a text counts as UTF-8 @returns {string} hex of SHA-256 */
export const sha256 = (data) => hex(noble(typeof data === "string" ? utf8(data) : data));

/** A SHA-256 that is fed piece by piece, which WebCrypto does not have: `update(bytes)`, `digest()`. */
export const hasher = () => new Sha256();

/** SHA-256 of a whole piece in the browser's own code, about eight times as fast. @param {Uint8Array|ArrayBuffer} bytes @returns {Promise<string>} hex */
export const nativeSha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
