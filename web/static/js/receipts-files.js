// SPDX-License-Identifier: Apache-2.0
// A receipt as files: everything in one, or the parts that other programs read. And back, on another machine.
import { download, say } from "./page-tools.js";

const TYPE = "vitrina/acuse/v1";
const KEPT = ["ocid", "number", "title", "c", "manifest", "signature", "status", "received_at", "deadline", "index", "proof", "statement", "policy", "opening_at", "withdrawn", "redealt"];

export function take(what, one) {
  const name = `${one.number || one.ocid}-${one.c.slice(0, 8)}`.replaceAll("/", "-");
  const files = {
    receipt: () => download(`acuse-${name}.json`, "application/json", JSON.stringify({ v: 1, type: TYPE, ...Object.fromEntries(KEPT.filter((key) => key in one).map((key) => [key, one[key]])) }, null, 1)),
    proof: () => download(`acuse-${name}.tlog-proof`, "text/plain", one.proof),
    manifest: () => download(`manifiesto-${name}.json`, "application/json", one.manifest), // byte for byte as it was signed
  };
  files[what]();
}

// `{record}` of a receipt that was brought, or `{error}` in words. The fingerprint is computed again: what was altered is not taken.
export async function bring(file, tender, seal) {
  let found;
  try {
    found = JSON.parse(await file.text());
    if (found.type !== TYPE || typeof found.manifest !== "string") throw new TypeError(found.type);
  } catch {
    return { error: say("receipt_not_one") };
  }
  try {
    const { ocid, supplier, recipient, files } = seal.parseObject(found.manifest);
    if (ocid !== tender.ocid || supplier !== tender.supplier.rfc) return { error: say("receipt_other", { title: found.title ?? ocid }) };
    if (seal.revealDigest(found.manifest) !== found.c) return { error: say("receipt_broken") };
    const record = Object.fromEntries(KEPT.filter((key) => key in found).map((key) => [key, found[key]]));
    return { record: { ...record, recipient, replaces: JSON.parse(found.manifest).replaces, kind: null, parts: seal.partsOf(files), foreign: true } };
  } catch {
    return { error: say("receipt_broken") };
  }
}
