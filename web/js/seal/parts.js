// SPDX-License-Identifier: Apache-2.0
// Keeps ciphertext parts on this machine until the server has them: the origin's private file system, else IndexedDB.
// A reload, a closed tab or a cut line loses nothing; the parts are ciphertext, so nothing readable lies about.
import * as database from "./database.js";

const FOLDER = "sobres";

/**
 * @typedef {{kind: string, put: (sha256: string, bytes: Uint8Array) => Promise<void>, read: (sha256: string) => Promise<Blob|null>,
 *   list: () => Promise<string[]>, drop: () => Promise<void>}} PartStore of one envelope
 */

async function folderOf(key) {
  const root = await navigator.storage.getDirectory();
  return (await root.getDirectoryHandle(FOLDER, { create: true })).getDirectoryHandle(key, { create: true });
}

async function write(file, bytes) {
  if (file.createSyncAccessHandle) { // workers only
    const handle = await file.createSyncAccessHandle();
    try {
      handle.truncate(0);
      let at = 0;
      while (at < bytes.length) at += handle.write(bytes.subarray(at), { at });
      handle.flush();
    } finally {
      handle.close();
    }
    return;
  }
  const stream = await file.createWritable();
  await stream.write(bytes);
  await stream.close();
}

/** @param {string} key @returns {Promise<PartStore>} Throws where the browser has no private file system. */
async function onDisk(key) {
  const folder = await folderOf(key);
  return {
    kind: "opfs",
    put: async (sha256, bytes) => write(await folder.getFileHandle(sha256, { create: true }), bytes),
    read: async (sha256) => {
      try {
        return await (await folder.getFileHandle(sha256)).getFile();
      } catch (error) {
        if (error.name === "NotFoundError") return null;
        throw error;
      }
    },
    list: async () => {
      const names = [];
      for await (const name of folder.keys()) names.push(name);
      return names.sort();
    },
    drop: async () => {
      const root = await navigator.storage.getDirectory();
      await (await root.getDirectoryHandle(FOLDER, { create: true })).removeEntry(key, { recursive: true });
    },
  };
}

/** @param {string} key @returns {PartStore} */
function inDatabase(key) {
  const { parts } = database.STORES;
  const range = () => IDBKeyRange.bound([key, ""], [key, "\uffff"]);
  return {
    kind: "indexeddb",
    put: (sha256, bytes) => database.put(parts, [key, sha256], new Blob([bytes])),
    read: async (sha256) => (await database.get(parts, [key, sha256])) ?? null,
    list: async () => (await database.keys(parts, range())).map(([, sha256]) => sha256),
    drop: () => database.drop(parts, range()),
  };
}

/**
 * Forget parts that no envelope claims: of sealings that were cut short. Young ones stay, another tab may be sealing.
 * @param {string[]} claimed keys of envelopes @param {number} [age] milliseconds since the last part @returns {Promise<string[]>} keys forgotten
 */
export async function forgetOrphans(claimed, age = 2 * 86_400_000) {
  const root = await navigator.storage.getDirectory();
  const folders = await root.getDirectoryHandle(FOLDER, { create: true });
  const forgotten = [];
  for await (const [key, folder] of folders.entries()) {
    if (claimed.includes(key)) continue;
    let youngest = 0;
    for await (const file of folder.values()) youngest = Math.max(youngest, (await file.getFile()).lastModified);
    if (youngest && Date.now() - youngest >= age) forgotten.push(key); // an empty one is just being made, and takes no room
  }
  for (const key of forgotten) await folders.removeEntry(key, { recursive: true });
  return forgotten;
}

/** Parts as Blobs in memory (which browsers spill to disk): for a page opened from a file, which has no storage of its own. @returns {PartStore} */
export function inMemory() {
  const kept = new Map();
  return {
    kind: "memory",
    put: async (sha256, bytes) => void kept.set(sha256, new Blob([bytes])),
    read: async (sha256) => kept.get(sha256) ?? null,
    list: async () => [...kept.keys()].sort(),
    drop: async () => kept.clear(),
  };
}

/**
 * The parts of one envelope. @param {string} key the envelope's recipient @param {"opfs"|"indexeddb"|null} [kind] null chooses, the same in page and worker
 * @returns {Promise<PartStore>}
 */
export async function partStore(key, kind = null) {
  if (!/^[a-z0-9]+$/.test(key)) throw new TypeError("parts are kept under an envelope's recipient");
  if (kind === "indexeddb") return inDatabase(key);
  try {
    return await onDisk(key);
  } catch (error) {
    if (kind === "opfs") throw error;
    return inDatabase(key);
  }
}

/** Whether there is room, and ask that it be kept. @param {number} bytes @returns {Promise<{enough: boolean, free: number|null, kept: boolean}>} */
export async function room(bytes) {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  const free = quota === undefined ? null : quota - usage;
  const kept = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  return { enough: free === null || free > bytes * 1.02, free, kept };
}
