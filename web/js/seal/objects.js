// SPDX-License-Identifier: Apache-2.0
// The reveal objects of sobre/v1: manifest, withdrawal, re-dealt share, decoy; their digest and leaf. Spec: sealed-bids, section 4.
import { HEX32, hex, random, sha256, unb64 } from "./bytes.js";
import { BID, REDEAL, WITHDRAWAL } from "./dsse.js";
import { jcs, parseCanonical } from "./jcs.js";
import { publicKeyOf } from "./keys.js";
import { MOST } from "./shares.js";

export const PART = 8_388_608;
export const ENVELOPES = ["legal", "tecnica", "economica"];
/** Type of object -> type that is signed over; a decoy is not signed. */
export const PAYLOAD_TYPES = { "sobre/v1": BID, "sobre/v1/retiro": WITHDRAWAL, "sobre/v1/reparto": REDEAL };

/**
 * @typedef {{sha256: string, size: number, parts: string[]}} Ciphertext of one file, hashes in hex
 * @typedef {{opener: string, x: number, commit: string, age: string}} SealedShare age in base64
 * @typedef {{type: "sobre/v1", ocid: string, lot: string|null, envelope: string, supplier: string, k: number, recipient: string,
 *   key_commit: string, files: Ciphertext[], shares: SealedShare[], replaces: string|null, reveal_by: string, salt: string}} Manifest
 * @typedef {{type: "sobre/v1/retiro", ocid: string, supplier: string, bid: string, reveal_by: string, salt: string}} Withdrawal
 * @typedef {{type: "sobre/v1/reparto", ocid: string, supplier: string, bid: string, share: SealedShare, reveal_by: string, salt: string}} Redeal
 * @typedef {{type: "sobre/v1/senuelo", reveal_by: string, salt: string}} Decoy
 */

const texts = (value) => typeof value === "string" && value.length > 0;
const digest = (value) => typeof value === "string" && HEX32.test(value);
const whole = (value) => Number.isSafeInteger(value) && value >= 0;
const month = (value) => typeof value === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(value);
const many = (check) => (value) => Array.isArray(value) && value.length > 0 && value.every(check);
const exactly = (shape) => (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) &&
  Object.keys(value).length === Object.keys(shape).length &&
  Object.entries(shape).every(([key, check]) => Object.hasOwn(value, key) && check(value[key]));
const fits = (check) => (value) => { try { return typeof value === "string" && check(value); } catch { return false; } };

const CIPHERTEXT = exactly({ sha256: digest, size: whole, parts: many(digest) });
const SHARE = exactly({ opener: texts, x: (x) => whole(x) && x >= 1 && x <= MOST, commit: digest, age: fits((value) => unb64(value).length > 0) });
const COMMON = { ocid: texts, supplier: texts, reveal_by: month, salt: digest };
const SHAPES = {
  "sobre/v1": exactly({
    ...COMMON, type: texts, lot: (lot) => lot === null || texts(lot), envelope: (name) => ENVELOPES.includes(name), k: (k) => whole(k) && k >= 1,
    recipient: fits(publicKeyOf), key_commit: digest, files: many(CIPHERTEXT), shares: many(SHARE), replaces: (c) => c === null || digest(c),
  }),
  "sobre/v1/retiro": exactly({ ...COMMON, type: texts, bid: digest }),
  "sobre/v1/reparto": exactly({ ...COMMON, type: texts, bid: digest, share: SHARE }),
  "sobre/v1/senuelo": exactly({ type: texts, reveal_by: month, salt: digest }),
};

/** Whether the parts of a ciphertext are as many as its size asks, and a single part is the whole. */
const partsFit = ({ sha256: all, size, parts }) => parts.length === Math.max(1, Math.ceil(size / PART)) && (parts.length > 1 || parts[0] === all);

/**
 * An object that came from elsewhere. @param {string} written JCS text @returns {Manifest|Withdrawal|Redeal|Decoy}
 * Throws SyntaxError when not canonical, TypeError when a key is missing, strange or wrong.
 */
export function parseObject(written) {
  const value = parseCanonical(written);
  const shape = Object.hasOwn(SHAPES, value?.type) ? SHAPES[value.type] : null;
  if (!shape?.(value)) throw new TypeError(`not an object of sobre/v1: ${value?.type}`);
  if (value.type === "sobre/v1") {
    const n = value.shares.length;
    if (value.k > n || 2 * value.k <= n || value.shares.some((share, i) => share.x !== i + 1)) throw new TypeError("shares out of order or too few for k");
    if (!value.files.every(partsFit)) throw new TypeError("parts do not fit the size of their file");
  }
  return value;
}

/** Every distinct part of a manifest's files, with its size. @param {Ciphertext[]} files @returns {{sha256: string, size: number}[]} */
export function partsOf(files) {
  const sizes = new Map(files.flatMap(({ size, parts }) => parts.map((sha256, i) => [sha256, i < parts.length - 1 ? PART : size - i * PART])));
  return [...sizes].map(([sha256, size]) => ({ sha256, size }));
}

/** A fresh salt: without it, what a leaf hides could be guessed. @returns {string} hex of 32 random bytes */
export const salt = () => hex(random(32));

/** @param {{ocid: string, supplier: string, bid: string, reveal_by: string}} of bid: c of the envelope withdrawn @returns {Withdrawal} */
export const withdrawalOf = ({ ocid, supplier, bid, reveal_by }) => ({ type: "sobre/v1/retiro", ocid, supplier, bid, reveal_by, salt: salt() });

/** @param {{ocid: string, supplier: string, bid: string, share: SealedShare, reveal_by: string}} of @returns {Redeal} */
export const redealOf = ({ ocid, supplier, bid, share, reveal_by }) => ({ type: "sobre/v1/reparto", ocid, supplier, bid, share, reveal_by, salt: salt() });

/** c: the digest by which the log knows an object. @param {string} written JCS text @returns {string} hex */
export const revealDigest = (written) => sha256(written);

/** The blinded leaf, always 115 bytes. @param {string} c @param {string} revealBy "YYYY-MM" @returns {string} JCS text */
export const leafOf = (c, revealBy) => jcs({ v: 1, type: "sobre", c, reveal_by: revealBy });

/** What is signed over an object, or null for a decoy. @param {string} written JCS text @returns {string|null} */
export const payloadTypeOf = (written) => PAYLOAD_TYPES[parseObject(written).type] ?? null;
