// SPDX-License-Identifier: Apache-2.0
// An envelope that was sealed without a connection comes to the site: its files are checked and kept as if it had been sealed here.
import { nativeSha256, text } from "./bytes.js";
import { parseObject, partsOf, revealDigest } from "./objects.js";
import { partStore } from "./parts.js";
import { partsFromFiles } from "./upload.js";

const refuse = (code, detail = "") => Object.assign(new Error(detail || code), { name: "BringError", code, detail });

async function manifestIn(files) {
  for (const file of files.filter(({ name, size }) => name.endsWith(".json") && size < 1_000_000)) {
    try {
      const written = text(new Uint8Array(await file.arrayBuffer()));
      if (parseObject(written).type === "sobre/v1") return written;
    } catch { /* another file of the same folder */ }
  }
  throw refuse("manifest_missing");
}

function fits(manifest, tender) {
  const { ocid, lot, envelope, supplier, k, reveal_by, shares } = parseObject(manifest);
  if (ocid !== tender.ocid || lot !== tender.lot || envelope !== tender.envelope) throw refuse("other_purchase", ocid);
  if (supplier !== tender.supplier.rfc) throw refuse("other_supplier", supplier);
  const panel = shares.map(({ opener }) => opener).join();
  if (k !== tender.k || reveal_by !== tender.reveal_by || panel !== tender.panel.map(({ id }) => id).join()) throw refuse("panel_changed");
}

/**
 * @param {{files: File[], context: import("./bid.js").Tender, onProgress?: (at: {done: number, total: number}) => void}} of files: manifest and `<sha256>.age`, in any order
 * @returns {Promise<Omit<import("./bid.js").SealedBid, "identity">>} as sealBid gives it: sign pae(payload_type, manifest), send it, upload.
 *   Rejects with BringError whose `code` is manifest_missing, other_purchase, other_supplier, panel_changed (seal anew), file_absent or file_damaged (`detail`: name).
 */
export async function bringSealed({ files, context: tender, onProgress = () => {} }) {
  const manifest = await manifestIn(files);
  fits(manifest, tender);
  const { recipient, files: ciphers, replaces } = parseObject(manifest);
  const { read, absent } = partsFromFiles(manifest, files);
  if (absent.length) throw refuse("file_absent", absent.join(", "));
  const store = await partStore(recipient);
  const parts = partsOf(ciphers);
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { sha256, size } of parts) {
    const bytes = new Uint8Array(await (await read(sha256)).arrayBuffer());
    if ((await nativeSha256(bytes)) !== sha256) throw refuse("file_damaged", `${ciphers.find((one) => one.parts.includes(sha256)).sha256}.age`);
    await store.put(sha256, bytes);
    onProgress({ done: (done += size), total });
  }
  return { manifest, c: revealDigest(manifest), payload_type: "vitrina/sobre/v1", recipient, kind: store.kind, blobs: null, total, replaces, files: [], parts };
}
