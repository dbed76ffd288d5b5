// SPDX-License-Identifier: Apache-2.0
// The browser's own small database (IndexedDB): drafts, receipts, and ciphertext parts where there is no private file system.
const NAME = "vitrina-sobre";
const VERSION = 1;
export const STORES = { drafts: "drafts", envelopes: "envelopes", parts: "parts" };

let opened = null;

function connect() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => Object.values(STORES).forEach((store) => asked.result.createObjectStore(store));
    asked.onsuccess = () => {
      asked.result.onclose = () => { opened = null; };
      asked.result.onversionchange = () => { opened = null; asked.result.close(); };
      done(asked.result);
    };
    asked.onerror = () => { opened = null; fail(asked.error); };
  });
  return opened;
}

async function run(store, mode, work) {
  const database = await connect();
  return new Promise((done, fail) => {
    const transaction = database.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : {});
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} undefined when absent */
export const get = (store, key) => run(store, "readonly", (rows) => rows.get(key));
/** @param {string} store @param {IDBValidKey} key @param {any} value what can be cloned, Blobs too. Throws QuotaExceededError. */
export const put = (store, key, value) => run(store, "readwrite", (rows) => rows.put(value, key));
/** @param {string} store @param {IDBValidKey|IDBKeyRange} key */
export const drop = (store, key) => run(store, "readwrite", (rows) => rows.delete(key));
/** @param {string} store @param {IDBKeyRange} [range] @returns {Promise<any[]>} values */
export const all = (store, range) => run(store, "readonly", (rows) => rows.getAll(range));
/** @param {string} store @param {IDBKeyRange} [range] @returns {Promise<IDBValidKey[]>} */
export const keys = (store, range) => run(store, "readonly", (rows) => rows.getAllKeys(range));
