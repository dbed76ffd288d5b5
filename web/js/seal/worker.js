// SPDX-License-Identifier: Apache-2.0
// The worker's side of engine.js: runs one named work per message, answers with progress, the result or the error's words.
import { WORK } from "./work.js";

const running = new Map();

self.onmessage = async ({ data: { id, name, given, stop } }) => {
  if (stop) return running.get(id)?.abort();
  const control = new AbortController();
  running.set(id, control);
  try {
    const progress = (done) => self.postMessage({ id, progress: done });
    self.postMessage({ id, result: await WORK[name](given, { progress, signal: control.signal }) });
  } catch (error) {
    self.postMessage({ id, error: { name: error?.name ?? "Error", message: String(error?.message ?? error) } });
  } finally {
    running.delete(id);
  }
};
