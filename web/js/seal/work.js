// SPDX-License-Identifier: Apache-2.0
// The heavy work by name, each a function of one object: what the worker does when the page asks, and tests do directly.
import * as agefile from "./agefile.js";
import { PART } from "./objects.js";
import { inMemory, partStore } from "./parts.js";
import { hashBlob, openBlob, sealBlob } from "./stream.js";

export const WORK = {
  /** @param {{blob: Blob, recipient: string, key: string, kind: string|null}} of key: the envelope's own recipient @returns plain, cipher, kind of store, blobs when in memory */
  async sealFile({ blob, recipient, key, kind }, { progress, signal } = {}) {
    const store = kind === "memory" ? inMemory() : await partStore(key, kind);
    const sealed = await sealBlob(blob, recipient, store.put, progress, signal);
    const blobs = kind === "memory" ? await Promise.all(sealed.cipher.parts.map(store.read)) : null;
    return { ...sealed, kind: store.kind, blobs };
  },

  recipient: ({ identity }) => agefile.recipientFor(identity),
  encrypt: ({ recipient, data }) => agefile.encryptTo(recipient, data),
  decrypt: ({ identity, data }) => agefile.decryptWith(identity, data),
  lock: ({ identity, passphrase, work }) => agefile.lock(identity, passphrase, work),
  unlock: ({ locked, passphrase }) => agefile.unlock(locked, passphrase),
  hash: ({ blob }) => hashBlob(blob),

  /** @param {{blob: Blob, identity: string, sha256: string}} of sha256: what the manifest says of the ciphertext @returns the plaintext as a Blob, and its hash */
  async openFile({ blob, identity, sha256 }) {
    if ((await hashBlob(blob)) !== sha256) throw new Error("the ciphertext is not the one of the manifest");
    const pieces = [];
    let held = [];
    let size = 0;
    const spill = () => {
      if (held.length) pieces.push(new Blob(held));
      held = [];
      size = 0;
    };
    const opened = await openBlob(blob, identity, (bytes) => {
      held.push(bytes);
      size += bytes.length;
      if (size >= PART) spill();
    });
    spill();
    return { ...opened, blob: new Blob(pieces) };
  },
};
