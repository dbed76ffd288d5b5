// SPDX-License-Identifier: Apache-2.0
// age for small things: shares, challenges, the passphrase lock of an opener's key. Runs in the worker. Spec: sealed-bids, sections 2 and 11.
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";

import { text } from "./bytes.js";

export const HEADER_MOST = 8192;
/** 2^17 rounds take 128 MiB and a second or two: a phone can, a guesser with many cannot. */
export const WORK = 17;

/** @param {string} identity @returns {Promise<string>} its recipient */
export const recipientFor = (identity) => identityToRecipient(identity);

/** @param {string} recipient @param {Uint8Array|ReadableStream<Uint8Array>} data @returns {Promise<any>} same kind as data */
export async function encryptTo(recipient, data) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(data);
}

/**
 * Refuse what age libraries read differently: exactly one X25519 stanza, besides those whose type ends in -grease.
 * @param {Uint8Array} file an age file, or its first 8 kB at least. Throws Error.
 */
export function checkStanzas(file) {
  const head = new TextDecoder("latin1").decode(file.subarray(0, HEADER_MOST));
  const end = head.search(/^--- /m);
  if (!head.startsWith("age-encryption.org/v1\n") || end < 0) throw new Error("not an age file");
  const types = [...head.slice(0, end).matchAll(/^-> (\S+)/gm)].map((found) => found[1]);
  if (types.filter((type) => !type.endsWith("-grease")).join() !== "X25519") throw new Error("not an age file for exactly one X25519 key");
}

/** @param {string} identity @param {Uint8Array} file @returns {Promise<Uint8Array>} Throws Error when it is not for this key or was touched. */
export async function decryptWith(identity, file) {
  checkStanzas(file);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(file);
}

/** Lock an identity with a passphrase. @param {string} identity @param {string} passphrase @param {number} [work] log2 of rounds @returns {Promise<Uint8Array>} age file */
export async function lock(identity, passphrase, work = WORK) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(work);
  return encrypter.encrypt(`${identity}\n`);
}

/** @param {Uint8Array} locked @param {string} passphrase @returns {Promise<string>} the identity. Throws Error for a wrong passphrase. */
export async function unlock(locked, passphrase) {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const found = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(text(await decrypter.decrypt(locked)));
  if (!found) throw new Error("no identity inside");
  return found[0];
}
