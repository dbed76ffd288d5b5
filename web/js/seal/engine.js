// SPDX-License-Identifier: Apache-2.0
// The page's side of the worker: asks for a work by name and waits, so that the page stays alive while it is done.

let start = null; // () => Worker
let here = null; // the works themselves, where there is no worker
let worker = null;
let last = 0;
const waiting = new Map();

/** How a worker is started. @param {() => Worker} factory */
export function useWorker(factory) {
  start = factory;
  here = null;
}

/** Do the work in this same thread (node, tests, a browser that starts no worker from a file). @param {typeof import("./work.js").WORK} works */
export function useHere(works) {
  here = works;
}

function fail(message) {
  worker = null;
  for (const { reject } of waiting.values()) reject(Object.assign(new Error(message), { name: "WorkerError" }));
  waiting.clear();
}

function hear({ data: { id, progress, result, error } }) {
  const one = waiting.get(id);
  if (!one) return;
  if (progress !== undefined) return one.progress?.(progress);
  waiting.delete(id);
  one.end();
  if (error) one.reject(Object.assign(new Error(error.message), { name: error.name }));
  else one.resolve(result);
}

function connect() {
  if (!worker) {
    worker = start();
    worker.onmessage = hear;
    worker.onerror = (event) => {
      event.preventDefault?.();
      fail(event.message || "the worker could not start");
    };
  }
  return worker;
}

/**
 * @param {string} name of work.js @param {object} given @param {{progress?: (done: number) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} Rejects with the work's own error (name and message), AbortError when stopped, WorkerError when there is no worker.
 */
export async function ask(name, given, { progress, signal } = {}) {
  signal?.throwIfAborted();
  if (here) return here[name](given, { progress, signal });
  const id = ++last;
  const target = connect();
  return new Promise((resolve, reject) => {
    const stop = () => target.postMessage({ id, stop: true });
    signal?.addEventListener("abort", stop, { once: true });
    waiting.set(id, { resolve, reject, progress, end: () => signal?.removeEventListener("abort", stop) });
    target.postMessage({ id, name, given });
  });
}
