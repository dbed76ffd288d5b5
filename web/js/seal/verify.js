// SPDX-License-Identifier: Apache-2.0
// After the opening, on anyone's machine: was this envelope opened with the key that its supplier committed to? Spec: sealed-bids, section 8.
import { unb64 } from "./bytes.js";
import { parseIndex } from "./contents.js";
import { ask } from "./engine.js";
import { identityOf } from "./keys.js";
import { leafOf, parseObject, revealDigest } from "./objects.js";
import { context, recoverSecret, shareCommit, split } from "./shares.js";

/**
 * Recombine published shares and compare with the commitment of the supplier's own manifest.
 * @param {{manifest: string, shares: (string|Uint8Array)[], identity?: string|null}} of manifest: JCS text from one's own receipt; shares: base64 or bytes; identity: the one published, if any
 * @returns {Promise<{opened: boolean, identity: string|null, audit: boolean[], false_shares: number[], same_identity: boolean|null, dealer_fault: boolean}>}
 *   opened: k shares give the key committed to; audit: for each x, whether the dealer committed to the true share; false_shares: x of shares against their commitment
 */
export async function verifyOpened({ manifest, shares, identity = null }) {
  const { ocid, recipient, key_commit, k, shares: dealt } = parseObject(manifest);
  const ctx = context(ocid, recipient);
  const given = shares.map((share) => (typeof share === "string" ? unb64(share) : share));
  const holds = (share) => share.length === 33 && dealt[share[32] - 1]?.commit === shareCommit(ctx, share);
  const false_shares = given.filter((share) => !holds(share)).map((share) => share[32] ?? 0);
  const secret = recoverSecret(ctx, key_commit, k, given.filter(holds));
  if (!secret) return { opened: false, identity: null, audit: [], false_shares, same_identity: null, dealer_fault: false };
  const found = identityOf(secret);
  const audit = split(secret, k, dealt.length, ctx).map((share, i) => shareCommit(ctx, share) === dealt[i].commit);
  const fits = (await ask("recipient", { identity: found })) === recipient;
  return { opened: fits, identity: found, audit, false_shares, same_identity: identity === null ? null : identity === found, dealer_fault: !fits || audit.includes(false) };
}

/** The leaf that the log must hold for an object. @param {string} object JCS text @returns {{c: string, leaf: string}} */
export function leafOfObject(object) {
  const c = revealDigest(object);
  return { c, leaf: leafOf(c, parseObject(object).reveal_by) };
}

/** Decrypt and read the index of an opened envelope. @param {{manifest: string, identity: string, ciphertext: Blob}} of @returns {Promise<import("./contents.js").Index>} */
export async function openIndex({ manifest, identity, ciphertext }) {
  const { sha256 } = parseObject(manifest).files[0];
  const { blob } = await ask("openFile", { blob: ciphertext, identity, sha256 });
  return parseIndex(new Uint8Array(await blob.arrayBuffer()));
}

/**
 * Decrypt one file of an opened envelope: hash of the ciphertext first, of the plaintext after.
 * @param {{manifest: string, index: import("./contents.js").Index, identity: string, file: number, ciphertext: Blob}} of file: 1.. as in the manifest
 * @returns {Promise<{name: string, media_type: string, blob: Blob}>} Rejects with Error for any byte that differs.
 */
export async function openFile({ manifest, index, identity, file, ciphertext }) {
  const { sha256 } = parseObject(manifest).files[file];
  const told = index.files[file - 1];
  const opened = await ask("openFile", { blob: ciphertext, identity, sha256 });
  if (opened.sha256 !== told.sha256 || opened.size !== told.size) throw new Error("the file is not the one that the index describes");
  return { name: told.name, media_type: told.media_type, blob: opened.blob };
}
