// SPDX-License-Identifier: Apache-2.0
// What stays on this machine alone: drafts of bids, and of each sealed envelope the manifest, signature and receipt.
import * as database from "./database.js";
import { forgetOrphans, partStore } from "./parts.js";

const { drafts: DRAFTS, envelopes: ENVELOPES } = database.STORES;

/** Drafts, by any key (the ocid): prices, answers, chosen files; readable by whoever uses this browser's profile. */
export const drafts = {
  /** @param {string} key @param {object} value what can be cloned, Files too @returns {Promise<void>} */
  save: (key, value) => database.put(DRAFTS, key, { ...value, saved_at: new Date().toISOString() }),
  /** @param {string} key @returns {Promise<object|null>} with `saved_at` */
  load: async (key) => (await database.get(DRAFTS, key)) ?? null,
  /** @param {string} key */
  drop: (key) => database.drop(DRAFTS, key),
};

/**
 * @typedef {{c: string, ocid: string, manifest: string, recipient: string, kind: string, parts: {sha256: string, size: number}[],
 *   signature?: object, status?: string, received_at?: string, proof?: string, statement?: string, index?: number, policy?: string,
 *   uploaded?: boolean, sealed_at: string}} Kept of an envelope; no identity: that is in the backup
 */
export const envelopes = {
  /** Keep, or add to what is kept of the same c. @param {Partial<Kept> & {c: string}} record @returns {Promise<Kept>} */
  async save(record) {
    const { identity: _, blobs: __, ...rest } = record;
    const kept = { sealed_at: new Date().toISOString(), ...(await envelopes.load(record.c)), ...rest };
    await database.put(ENVELOPES, record.c, kept);
    return kept;
  },
  /** @param {string} c @returns {Promise<Kept|null>} */
  load: async (c) => (await database.get(ENVELOPES, c)) ?? null,
  /** @param {string} [ocid] @returns {Promise<Kept[]>} oldest first */
  async list(ocid) {
    const all = await database.all(ENVELOPES);
    return all.filter((one) => !ocid || one.ocid === ocid).sort((a, b) => a.sealed_at.localeCompare(b.sealed_at));
  },
  /** Forget an envelope and its parts. @param {string} c */
  async drop(c) {
    const kept = await envelopes.load(c);
    if (kept) await (await partStore(kept.recipient, kept.kind)).drop();
    await database.drop(ENVELOPES, c);
  },
};

/** Free the room of sealings that were cut short days ago. @param {number} [age] milliseconds @returns {Promise<string[]>} what was forgotten */
export const tidy = async (age) => forgetOrphans((await envelopes.list()).map(({ recipient }) => recipient), age);

/** Envelopes whose parts are not all with the server yet. @returns {Promise<Kept[]>} */
export const unfinished = async (ocid) => (await envelopes.list(ocid)).filter((one) => !one.uploaded);

/** Mark as sent and free the room of its parts. @param {string} c */
export async function finished(c) {
  const kept = await envelopes.save({ c, uploaded: true });
  await (await partStore(kept.recipient, kept.kind)).drop();
}
