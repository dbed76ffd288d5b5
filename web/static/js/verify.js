// SPDX-License-Identifier: Apache-2.0
// Checks a receipt of the public log in the visitor's own browser: statement, inclusion, signature of the log, cosignatures
// of witnesses. Formats: C2SP tlog-proof, signed note, cosignature, policy; RFC 6962. No dependencies, nothing is fetched.
//
//   await verifyProof(proof, statement, policy)   texts of receipt and policy, bytes of the statement
//     -> {index, size, root, log, cosignatures: [{name, seconds}], witnesses, enough}
//
// Throws `Unproved` with a code: "form" (it is not a receipt), "policy", "log" (signature), "witness" (a false cosignature),
// "inclusion" (the statement is not that leaf). `enough` says whether the policy's quorum of witnesses has cosigned.
const LOG = 1;
const WITNESS = 4;
const HASH = 32;
const MOST = 63;
const encoder = new TextEncoder();

export class Unproved extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function refuse(code, message) {
  throw new Unproved(code, message);
}

/** Bytes of standard base64; any other spelling of the same bytes is refused. */
function bytesOf(text, code) {
  let raw;
  try { raw = atob(text); } catch { refuse(code, "not base64"); }
  if (btoa(raw) !== text) refuse(code, "base64 in an unusual spelling");
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** A size or index, as BigInt: bit operators of JavaScript end at 32 bits. */
function numberOf(text, code) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) >> 63n) refuse(code, "not a number as sizes are written");
  return BigInt(text);
}

const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
  return all;
};
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const leafHash = (data) => sha256(joined([0], data));
const nodeHash = (left, right) => sha256(joined([1], left, right));

/** Whether a leaf stands at `index` of the tree of `size` leaves with that root (RFC 6962). */
export async function isIncluded(leaf, index, size, proof, root) {
  if (index < 0n || index >= size || [leaf, root, ...proof].some((hash) => hash.length !== HASH)) return false;
  let fn = index;
  let sn = size - 1n;
  let found = leaf;
  for (const sibling of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      found = await nodeHash(sibling, found);
      while (!(fn & 1n) && fn) { fn >>= 1n; sn >>= 1n; }
    } else {
      found = await nodeHash(found, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(found, root);
}

/** A verifier key: `name+id+base64(type || key)`, its id recomputed. */
async function vkeyOf(text, type) {
  const parts = text.split("+");
  if (parts.length < 3) refuse("policy", "not a key");
  const name = parts[0];
  const data = bytesOf(parts.slice(2).join("+"), "policy"); // base64 has pluses of its own
  if (!name || /\s/.test(name) || data.length !== 1 + HASH || data[0] !== type) refuse("policy", "not a key of that kind");
  const id = (await sha256(joined(encoder.encode(`${name}\n`), data))).slice(0, 4);
  if (hex(id) !== parts[1]) refuse("policy", "the id is not that of the name and key");
  return { name, type, id, key: data.slice(1) };
}

/** Policy lines: `log <vkey>`, `witness <name> <vkey>`, `group <name> all|any|<k> <names...>`, `quorum <name>|none`. */
export async function readPolicy(text) {
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null };
  const known = (name) => (policy.witnesses.has(name) || policy.groups.has(name) ? name : refuse("policy", `${name} is not defined`));
  const fresh = (name) => (name !== "none" && !policy.witnesses.has(name) && !policy.groups.has(name) ? name : refuse("policy", `${name} is taken`));
  const taken = new Set();
  for (const line of text.split("\n")) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (!word || word.startsWith("#")) continue;
    if (word === "log" && (rest.length === 1 || rest.length === 2)) {
      policy.logs.push(await vkeyOf(rest[0], LOG));
    } else if (word === "witness" && (rest.length === 2 || rest.length === 3)) {
      policy.witnesses.set(fresh(rest[0]), await vkeyOf(rest[1], WITNESS));
    } else if (word === "group" && rest.length > 2) {
      const [name, k, ...members] = rest;
      for (const member of members.map(known)) {
        if (taken.has(member)) refuse("policy", `${member} is a member twice`);
        taken.add(member);
      }
      const wanted = k === "all" ? members.length : k === "any" ? 1 : Number(numberOf(k, "policy"));
      if (wanted < 1 || wanted > members.length) refuse("policy", "a group that cannot be");
      policy.groups.set(fresh(name), { wanted, members });
    } else if (word === "quorum" && rest.length === 1 && policy.quorum === null) {
      policy.quorum = rest[0] === "none" ? "none" : known(rest[0]);
    } else {
      refuse("policy", `a line of no known form: ${line}`);
    }
  }
  if (policy.quorum === null || !policy.logs.length) refuse("policy", "a policy has a log and a quorum");
  return policy;
}

async function isSigned(vkey, signature, text) {
  const key = await crypto.subtle.importKey("raw", vkey.key, "Ed25519", false, ["verify"]);
  if (vkey.type === LOG) return signature.length === 64 && crypto.subtle.verify("Ed25519", key, signature, encoder.encode(text));
  if (signature.length !== 72 || signature[0] > 127) return false;
  const message = encoder.encode(`cosignature/v1\ntime ${secondsOf(signature)}\n${text}`);
  return crypto.subtle.verify("Ed25519", key, signature.slice(8), message);
}

const secondsOf = (signature) => signature.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** The checkpoint in a signed note, and who has signed it; a known key with a false signature spoils the whole note. */
export async function openCheckpoint(note, policy) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(note)) refuse("form", "not a signed note");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > 64) refuse("form", "too many signatures");
  const keys = [...policy.logs, ...policy.witnesses.values()];
  const signed = new Map();
  for (const line of lines) {
    const [, name, data] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? refuse("form", "not a signature line");
    const signature = bytesOf(data, "form");
    if (signature.length < 5) refuse("form", "a signature line without signature");
    const vkey = keys.find((k) => k.name === name && same(k.id, signature.slice(0, 4)));
    if (!vkey) continue; // of somebody we do not know
    const value = signature.slice(4);
    if (!(await isSigned(vkey, value, text))) refuse(vkey.type === LOG ? "log" : "witness", `a false signature in the name of ${name}`);
    if (!signed.has(vkey)) signed.set(vkey, vkey.type === WITNESS ? Number(secondsOf(value)) : 0);
  }
  const [origin, size, root, ...rest] = text.split("\n");
  if (rest.length !== 1 || rest[0]) refuse("form", "a checkpoint has three lines");
  const checkpoint = { origin, size: numberOf(size, "form"), root: bytesOf(root, "form") };
  if (checkpoint.root.length !== HASH) refuse("form", "a root has 32 bytes");
  if (!policy.logs.some((k) => k.name === origin && signed.has(k))) refuse("log", "the log has not signed it");
  return { ...checkpoint, signed };
}

/** Whether enough witnesses have signed, by the policy's own rule. */
function isEnough(policy, signed, name = policy.quorum) {
  if (name === "none") return true;
  if (policy.witnesses.has(name)) return signed.has(policy.witnesses.get(name));
  const { wanted, members } = policy.groups.get(name);
  return members.filter((member) => isEnough(policy, signed, member)).length >= wanted;
}

/** The parts of a `.tlog-proof`, unverified. */
export function readProof(text) {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  if (end < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") refuse("form", "not a receipt");
  if (lines[0]?.startsWith("extra ")) bytesOf(lines.shift().slice(6), "form");
  if (!lines[0]?.startsWith("index ")) refuse("form", "a receipt without index");
  const index = numberOf(lines.shift().slice(6), "form");
  const hashes = lines.map((line) => bytesOf(line, "form"));
  if (hashes.length > MOST || hashes.some((hash) => hash.length !== HASH)) refuse("form", "its hashes are not hashes");
  return { index, hashes, note: text.slice(end + 2) };
}

export async function verifyProof(proof, statement, policyText) {
  const receipt = readProof(proof);
  const policy = await readPolicy(policyText);
  const checkpoint = await openCheckpoint(receipt.note, policy);
  const leaf = await leafHash(statement);
  if (!(await isIncluded(leaf, receipt.index, checkpoint.size, receipt.hashes, checkpoint.root))) {
    refuse("inclusion", "the statement is not that leaf of the signed tree");
  }
  const cosignatures = [...checkpoint.signed].filter(([vkey]) => vkey.type === WITNESS);
  return {
    index: Number(receipt.index),
    size: Number(checkpoint.size),
    root: hex(checkpoint.root),
    log: checkpoint.origin,
    cosignatures: cosignatures.map(([vkey, seconds]) => ({ name: vkey.name, seconds })),
    witnesses: policy.witnesses.size,
    enough: isEnough(policy, checkpoint.signed),
  };
}
