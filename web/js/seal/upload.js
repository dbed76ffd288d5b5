// SPDX-License-Identifier: Apache-2.0
// Sends ciphertext parts by hash until the server lacks none: a cut line, a reload or a server that restarts only delays it.
import { nativeSha256 } from "./bytes.js";
import { PART, parseObject, partsOf } from "./objects.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const STALL = 45_000; // no byte moved for so long: the line is dead although nobody said so

/** A refusal that trying again does not cure. `status` of HTTP; `code` and words as the server sent them. */
export class Refused extends Error {
  constructor(status, errors = []) {
    super(errors.map(({ message }) => message).join(" ") || `HTTP ${status}`);
    this.name = "Refused";
    this.status = status;
    this.code = errors[0]?.code ?? "";
  }
}

const passing = (error) => !(error instanceof Refused) && error.name !== "AbortError" && error.name !== "LocalPartError";

function pause(milliseconds, signal) {
  return new Promise((done, fail) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", wake);
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    const wake = () => end(done);
    const stop = () => end(fail, signal.reason);
    const timer = setTimeout(wake, milliseconds);
    globalThis.addEventListener?.("online", wake, { once: true });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

async function checked(read, sha256) {
  const lost = (message) => Object.assign(new Error(message), { name: "LocalPartError", sha256 });
  const part = await read(sha256).catch(({ message }) => { throw lost(message); });
  if (!part) throw lost("this machine no longer keeps a part of the envelope");
  const bytes = part instanceof Blob ? await part.arrayBuffer().catch(({ message }) => { throw lost(message); }) : part;
  if ((await nativeSha256(bytes)) !== sha256) throw lost("a part of the envelope was damaged on this machine");
  return part; // a Blob goes up from the disk
}

/**
 * Upload what is missing. Asks the server again after every cut, so nothing is sent twice and nothing is believed sent.
 * @param {{list: (signal?: AbortSignal) => Promise<string[]>, put: (sha256: string, part: Blob|Uint8Array, options: {signal?: AbortSignal, progress: (bytes: number) => void}) => Promise<void>,
 *   read: (sha256: string) => Promise<Blob|Uint8Array|null>, parts: {sha256: string, size: number}[],
 *   onProgress?: (at: {done: number, total: number, missing: number, waiting: number|null}) => void, signal?: AbortSignal, firstWait?: number}} of
 *   list: hashes that the server lacks; parts: of the envelope, for the sizes; waiting: seconds until the next try, null while it runs
 * @returns {Promise<{sent: number, cuts: number}>} Rejects with Refused, LocalPartError (seal anew) or AbortError; never for a cut line.
 */
export async function uploadMissing({ list, put, read, parts, onProgress = () => {}, signal, firstWait = FIRST_WAIT }) {
  const sizes = new Map(parts.map(({ sha256, size }) => [sha256, size]));
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  let wait = firstWait;
  let sent = 0;
  let cuts = 0;
  for (;;) {
    let missing = [];
    try {
      missing = await list(signal);
      if (!missing.length) {
        onProgress({ done: total, total, missing: 0, waiting: null });
        return { sent, cuts };
      }
      let done = total - missing.reduce((sum, sha256) => sum + (sizes.get(sha256) ?? 0), 0);
      for (const [i, sha256] of missing.entries()) {
        const tell = (bytes) => onProgress({ done: done + bytes, total, missing: missing.length - i, waiting: null });
        tell(0);
        await put(sha256, await checked(read, sha256), { signal, progress: tell });
        done += sizes.get(sha256) ?? 0;
        sent += 1;
        wait = firstWait;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!passing(error)) throw error;
      cuts += 1;
      onProgress({ done: null, total, missing: missing.length, waiting: Math.ceil(wait / 1000) });
      await pause(wait, signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

/**
 * The parts of an envelope that was sealed without a connection, from its saved files `<sha256>.age`; they are only read when they go up.
 * @param {string} manifest JCS text @param {File[]} files
 * @returns {{read: (sha256: string) => Promise<Blob|null>, parts: {sha256: string, size: number}[], absent: string[]}} for uploadMissing; absent: names of files not given
 */
export function partsFromFiles(manifest, files) {
  const ciphers = parseObject(manifest).files;
  const named = new Map(files.map((file) => [file.name, file]));
  const found = new Map();
  for (const { sha256, size, parts } of ciphers) {
    const file = named.get(`${sha256}.age`);
    if (file?.size === size) parts.forEach((part, i) => found.set(part, file.slice(i * PART, (i + 1) * PART)));
  }
  const absent = ciphers.filter(({ parts }) => !found.has(parts[0])).map(({ sha256 }) => `${sha256}.age`);
  return { read: async (sha256) => found.get(sha256) ?? null, parts: partsOf(ciphers), absent };
}

async function refusal(status, body) {
  let errors = [];
  try { errors = JSON.parse(body).errors ?? []; } catch { /* a page of words, or nothing */ }
  return new Refused(status, errors);
}

/** Statuses that pass by themselves: a busy or restarting server, too many asked at once, a request that timed out. */
const passes = (status) => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * `list` and `put` for the site's own addresses: GET base -> {missing, complete}; PUT base + sha256 + "/".
 * @param {string} base e.g. /mi-espacio/sobres/<c>/partes/ @param {string} csrf token @returns {{list: Function, put: Function}} for uploadMissing
 */
export function partsAt(base, csrf) {
  return {
    async list(signal) {
      const answer = await fetch(base, { headers: { Accept: "application/json" }, cache: "no-store", signal });
      if (answer.ok) return (await answer.json()).missing;
      if (passes(answer.status)) throw new Error(`HTTP ${answer.status}`);
      throw await refusal(answer.status, await answer.text());
    },
    put: (sha256, part, { signal, progress }) => new Promise((done, fail) => {
      const sending = new XMLHttpRequest(); // fetch says nothing of how much has left
      let timer = 0;
      const stop = () => sending.abort();
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(stop, STALL);
      };
      const end = (settle, value) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
        settle(value);
      };
      sending.open("PUT", `${base}${sha256}/`);
      sending.setRequestHeader("X-CSRFToken", csrf);
      sending.setRequestHeader("Content-Type", "application/octet-stream");
      sending.upload.onprogress = ({ loaded }) => {
        alive();
        progress(loaded);
      };
      sending.onload = async () => {
        if (sending.status >= 200 && sending.status < 300) end(done);
        else end(fail, passes(sending.status) ? new Error(`HTTP ${sending.status}`) : await refusal(sending.status, sending.responseText));
      };
      sending.onerror = sending.onabort = () => end(fail, signal?.aborted ? signal.reason : new Error("the line was cut"));
      signal?.addEventListener("abort", stop, { once: true });
      alive();
      sending.send(part);
    }),
  };
}
