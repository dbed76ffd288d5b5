// SPDX-License-Identifier: Apache-2.0
// Streams one file through age: its plaintext hash, its ciphertext's hash and parts of 8 MiB, in flat memory. Spec: sealed-bids, section 5.3.
import { Decrypter } from "age-encryption";

import { HEADER_MOST, checkStanzas, encryptTo } from "./agefile.js";
import { hasher, hex, nativeSha256 } from "./bytes.js";
import { PART } from "./objects.js";

const READ = 1 << 20; // a bite of plaintext; larger ones are no faster and hold more memory

/** @param {Blob} blob @param {(bytes: Uint8Array) => Promise<void>|void} seen @returns {ReadableStream<Uint8Array>} of its bytes, read as they are wanted */
function bites(blob, seen = () => {}) {
  const bite = blob.size <= PART ? PART : READ;
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at >= blob.size) return controller.close();
      const bytes = new Uint8Array(await blob.slice(at, at + bite).arrayBuffer());
      at += bytes.length;
      await seen(bytes);
      controller.enqueue(bytes);
    },
  }, { highWaterMark: 0 });
}

/** SHA-256 of what comes in pieces; what comes in one piece is hashed by the browser's own code, which is much faster. */
class Sum {
  constructor() {
    this.whole = null;
    this.size = 0;
    this.digest = null;
  }

  /** @param {Uint8Array} piece @param {boolean} only whether no other will come @param {string} [known] its digest, where it was computed before */
  async add(piece, only, known) {
    this.size += piece.length;
    if (only) this.digest = known ?? (await nativeSha256(piece));
    else (this.whole ??= hasher()).update(piece);
  }

  end() {
    return { sha256: this.digest ?? hex((this.whole ?? hasher()).digest()), size: this.size };
  }
}

/** Cuts a stream of bytes into parts of 8 MiB. The buffer given out is used again after `put` settles. */
class Cutter {
  constructor(put) {
    this.put = put;
    this.buffer = new Uint8Array(PART);
    this.used = 0;
    this.sum = new Sum();
    this.parts = [];
  }

  async take(chunk) {
    while (chunk.length) {
      if (this.used === PART) await this.flush(false);
      const room = Math.min(PART - this.used, chunk.length);
      this.buffer.set(chunk.subarray(0, room), this.used);
      this.used += room;
      chunk = chunk.subarray(room);
    }
  }

  async flush(last) {
    const part = this.buffer.subarray(0, this.used);
    const digest = await nativeSha256(part);
    await this.sum.add(part, last && !this.parts.length, digest);
    await this.put(digest, part);
    this.parts.push(digest);
    this.used = 0;
  }

  async end() {
    await this.flush(true); // an age file is never empty, so the last part is not either
    return { ...this.sum.end(), parts: this.parts };
  }
}

/**
 * Seal one file.
 * @param {Blob} blob @param {string} recipient
 * @param {(sha256: string, bytes: Uint8Array) => Promise<void>} put keeps a part; the bytes are only good until it settles
 * @param {(done: number) => void} [progress] plaintext bytes so far @param {AbortSignal} [signal]
 * @returns {Promise<{plain: {sha256: string, size: number}, cipher: {sha256: string, size: number, parts: string[]}}>}
 * Throws the reader's error when the file changed or went away, the keeper's when there is no room, AbortError when told to stop.
 */
export async function sealBlob(blob, recipient, put, progress = () => {}, signal = undefined) {
  const plain = new Sum();
  const cutter = new Cutter(put);
  const source = bites(blob, (bytes) => plain.add(bytes, bytes.length === blob.size));
  const reader = (await encryptTo(recipient, source)).getReader();
  for (let told = 0; ;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) break;
    await cutter.take(value);
    if (plain.size - told >= READ) progress((told = plain.size));
  }
  if (plain.size !== blob.size) throw new Error("the file changed while it was being sealed");
  progress(plain.size);
  return { plain: plain.end(), cipher: await cutter.end() };
}

/**
 * Open one ciphertext. Its hash must have been compared with the manifest before (`hashBlob`).
 * @param {Blob} blob @param {string} identity @param {(bytes: Uint8Array) => Promise<void>|void} take gets the plaintext in order
 * @returns {Promise<{sha256: string, size: number}>} of the plaintext. Throws Error when the key is wrong or a byte was touched.
 */
export async function openBlob(blob, identity, take) {
  checkStanzas(new Uint8Array(await blob.slice(0, HEADER_MOST).arrayBuffer()));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = new Sum();
  const reader = (await decrypter.decrypt(bites(blob))).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    await plain.add(value, false);
    await take(value);
  }
  return plain.end();
}

/** @param {Blob} blob @returns {Promise<string>} hex of SHA-256, in flat memory */
export async function hashBlob(blob) {
  const sum = new Sum();
  for (let at = 0; at < blob.size; at += PART) {
    const piece = new Uint8Array(await blob.slice(at, at + PART).arrayBuffer());
    await sum.add(piece, piece.length === blob.size);
  }
  return sum.end().sha256;
}
