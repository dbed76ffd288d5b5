// SPDX-License-Identifier: Apache-2.0
// The supplier's side: seal a bid, withdraw it, deal a share anew, keep the backup. Spec: sealed-bids, sections 4 and 5.
import { b64 } from "./bytes.js";
import { ANSWERS, buildAnswers, buildIndex, cleanName } from "./contents.js";
import { ask } from "./engine.js";
import { jcs } from "./jcs.js";
import { fingerprint, identityOf, newSecret, secretOf } from "./keys.js";
import { parseObject, partsOf, redealOf, revealDigest, salt, withdrawalOf } from "./objects.js";
import { context, keyCommit, shareCommit, split } from "./shares.js";
import { tidy } from "./store.js";

/**
 * @typedef {{ocid: string, lot: string|null, envelope: string, supplier: {rfc: string}, k: number, reveal_by: string,
 *   panel: {id: string, recipient: string}[]}} Tender what GET .../sellar/datos/ answers; more members are ignored
 * @typedef {{identity: string, recipient: string}} EnvelopeKey
 * @typedef {{manifest: string, c: string, payload_type: string, recipient: string, files: {name: string, size: number}[],
 *   parts: {sha256: string, size: number}[], total: number, kind: string, blobs: Map<string, Blob>|null}} SealedBid
 */

/** A fresh key for one envelope, to be backed up before sealing. @returns {Promise<EnvelopeKey>} */
export async function newEnvelopeKey() {
  const identity = identityOf(newSecret());
  return { identity, recipient: await ask("recipient", { identity }) };
}

/**
 * The backup as a text file that the stock `age -i` reads too. @param {EnvelopeKey} key
 * @param {{number?: string, ocid: string, supplier?: {rfc: string, name?: string}, at?: Date}} about @returns {string}
 */
export function backupText({ identity, recipient }, { number = "", ocid, supplier, at = new Date() }) {
  const lines = [
    "Vitrina: llave de respaldo de un sobre. Quien la tenga puede abrirlo: guárdela donde guarda su e.firma.",
    `compra: ${number} ${ocid}`.trim(),
    ...(supplier ? [`proveedor: ${supplier.rfc} ${supplier.name ?? ""}`.trim()] : []),
    `created: ${at.toISOString()}`,
    `huella: ${fingerprint(recipient)}`,
    `public key: ${recipient}`,
  ];
  return `${lines.map((line) => `# ${line.replace(/\s+/g, " ")}`).join("\n")}\n${identity}\n`;
}

/** The key in a backup, however it was pasted. @param {string} backup @returns {Promise<EnvelopeKey>} Throws Error when there is none. */
export async function readBackup(backup) {
  const found = /AGE-SECRET-KEY-1[0-9A-Z]+/i.exec(backup.replace(/^#.*$/gm, ""));
  if (!found) throw new Error("no key in this text");
  const identity = found[0].toUpperCase();
  secretOf(identity);
  return { identity, recipient: await ask("recipient", { identity }) };
}

async function dealShares({ ocid, panel, k }, { identity, recipient }) {
  const ctx = context(ocid, recipient);
  const secret = secretOf(identity);
  const shares = split(secret, k, panel.length, ctx);
  const sealed = await Promise.all(panel.map(async ({ id, recipient: opener }, i) => ({
    opener: id, x: i + 1, commit: shareCommit(ctx, shares[i]), age: b64(await ask("encrypt", { recipient: opener, data: shares[i] })),
  })));
  return { key_commit: keyCommit(ctx, secret), shares: sealed };
}

function agree({ replaces, panel }) {
  if (replaces !== null && !/^[0-9a-f]{64}$/.test(replaces)) throw new TypeError("replaces is the c of an envelope, or null");
  if (new Set(panel.map(({ recipient }) => recipient)).size !== panel.length) throw new TypeError("two openers with the same key");
}

/**
 * Seal a bid: documents first, then answers, then the index that describes them; nothing leaves the browser here.
 * Every ciphertext part is kept on this machine (`partStore(recipient)`) until the uploader has sent it.
 * @param {{context: Tender, offer: import("./contents.js").Offer, responses: Object<string, string>, statement: string, files: (File|{name: string, type: string, blob: Blob})[],
 *   replaces?: string|null, key?: EnvelopeKey, store?: "memory"|"opfs"|"indexeddb"|null,
 *   onProgress?: (at: {stage: "files"|"close", file: number, name: string, done: number, total: number}) => void, signal?: AbortSignal}} bid
 * @returns {Promise<SealedBid>} manifest is JCS text: sign pae(payload_type, manifest), then send it
 */
export async function sealBid({ context: tender, offer, responses, statement, files, replaces = null, key = null, store = null, onProgress = () => {}, signal }) {
  agree({ replaces, panel: tender.panel });
  if (store !== "memory") tidy().catch(() => {}); // room for this one; nothing depends on it
  const own = key ?? (await newEnvelopeKey());
  const answers = { name: ANSWERS, type: "application/json", blob: new Blob([buildAnswers(responses, statement)]) };
  const inside = [answers, ...files.map((file) => ({ name: cleanName(file.name), type: file.type || "application/octet-stream", blob: file.blob ?? file }))];
  const total = inside.reduce((sum, { blob }) => sum + blob.size, 0);
  const blobs = store === "memory" ? new Map() : null;
  let kind = store;
  const seal = async (blob, progress) => {
    const sealed = await ask("sealFile", { blob, recipient: own.recipient, key: own.recipient, kind }, { progress, signal });
    sealed.blobs?.forEach((part, i) => blobs.set(sealed.cipher.parts[i], part));
    kind = sealed.kind;
    return sealed;
  };

  const described = [];
  const ciphers = [];
  let before = 0;
  for (const [file, { name, type, blob }] of inside.entries()) {
    const { plain, cipher } = await seal(blob, (done) => onProgress({ stage: "files", file, name, done: before + done, total }));
    described.push({ name, media_type: type, ...plain });
    ciphers.push(cipher);
    before += blob.size;
  }
  onProgress({ stage: "close", file: inside.length, name: "", done: total, total });
  const index = await seal(new Blob([buildIndex(described, offer)]));
  ciphers.unshift(index.cipher);
  const manifest = jcs({
    type: "sobre/v1", ocid: tender.ocid, lot: tender.lot, envelope: tender.envelope, supplier: tender.supplier.rfc, k: tender.k, recipient: own.recipient,
    files: ciphers, replaces, reveal_by: tender.reveal_by, salt: salt(), ...(await dealShares(tender, own)),
  });
  parseObject(manifest);
  return {
    manifest, c: revealDigest(manifest), payload_type: "vitrina/sobre/v1", recipient: own.recipient, identity: own.identity, kind, blobs, total,
    files: described.map(({ name, size }) => ({ name, size })), parts: partsOf(ciphers),
  };
}

/** @param {string} manifest JCS text of the envelope withdrawn @returns {{object: string, c: string, payload_type: string}} object is JCS text */
export function withdrawal(manifest) {
  const { ocid, supplier, reveal_by } = parseObject(manifest);
  return finish(withdrawalOf({ ocid, supplier, bid: revealDigest(manifest), reveal_by }), "vitrina/sobre/v1/retiro");
}

/**
 * Deal one share anew to the opener who replaces another; nothing else changes, nothing is uploaded again.
 * @param {{manifest: string, key: EnvelopeKey, x: number, to: {id: string, recipient: string}}} of x: number of the share
 * @returns {Promise<{object: string, c: string, payload_type: string}>} Throws Error when the key is not the envelope's.
 */
export async function redeal({ manifest, key, x, to }) {
  const sealed = parseObject(manifest);
  const ctx = context(sealed.ocid, sealed.recipient);
  const secret = secretOf(key.identity);
  if (keyCommit(ctx, secret) !== sealed.key_commit) throw new Error("this is not the key of that envelope");
  const share = split(secret, sealed.k, sealed.shares.length, ctx)[x - 1];
  const { commit } = sealed.shares[x - 1];
  if (shareCommit(ctx, share) !== commit) throw new Error("the share differs from the one committed to");
  const age = b64(await ask("encrypt", { recipient: to.recipient, data: share }));
  const { ocid, supplier, reveal_by } = sealed;
  return finish(redealOf({ ocid, supplier, bid: revealDigest(manifest), share: { opener: to.id, x, commit, age }, reveal_by }), "vitrina/sobre/v1/reparto");
}

function finish(value, payload_type) {
  const object = jcs(value);
  return { object, c: revealDigest(object), payload_type };
}

