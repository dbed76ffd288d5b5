// SPDX-License-Identifier: Apache-2.0
// Signs with an e.firma whose key and password go into a worker and never leave it; the worker ends with `close()`.
import { toBase64 } from "./bytes.js";

/** Why it was not possible to sign. `code` names a sentence of templates/parts/sign.html. */
export class SignError extends Error {
  constructor(code, detail = "") { super(`${code} ${detail}`.trim()); Object.assign(this, { code, detail }); }
}

/** The instant as claims carry it: whole seconds, UTC. */
export const stamp = (milliseconds) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");

/** An e.firma in a worker of its own. `read(cer)` and `open(...)` give the facts of the certificate: kind, number, name, rfc,
 *  representative, since, until. `now()` gives the server's instant in milliseconds. */
export class EFirma {
  #worker = null;
  #waiting = new Map();
  #last = 0;
  #facts = null;

  constructor(now = Date.now) { this.now = now; }

  get facts() { return this.#facts; }

  #ask(op, message, transfer = []) {
    if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return Promise.reject(new SignError("insecure"));
    if (!this.#worker) {
      this.#worker = new Worker(new URL("./efirma-worker.js", import.meta.url), { type: "module", name: "e.firma" });
      this.#worker.addEventListener("message", ({ data }) => this.#heard(data));
      this.#worker.addEventListener("error", () => this.#fail());
    }
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, op, ...message }, transfer);
    });
  }

  #heard({ id, answer, code, detail }) {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (code) asked?.reject(new SignError(code, detail));
    else asked?.resolve(answer);
  }

  #fail() { this.close("failed"); } // the worker itself could not be loaded

  /** Facts of a certificate (File or Blob). Error: SignError. */
  read(cer) { return this.#ask("read", { cer, now: this.now() }); }

  /** Open a key. `password` is text; what this thread holds of it is a copy that moves into the worker. Error: SignError. */
  async open(cer, key, password) {
    const bytes = new TextEncoder().encode(password);
    this.#facts = await this.#ask("open", { cer, key, password: bytes, now: this.now() }, [bytes.buffer]);
    return this.#facts;
  }

  /** The claim over `body` (Uint8Array), see docs/reference/signatures.md. Error: SignError. */
  async sign(payloadType, body, at = Date.now()) {
    if (!this.#facts) throw new SignError("closed");
    const value = await this.#ask("sign", { payloadType, body });
    const cert = toBase64(this.#facts.der);
    return { kind: "efirma", payload_type: payloadType, value: toBase64(value), cert, signed_at_client: stamp(at) };
  }

  /** Forget the key: the worker ends, and its memory with it. */
  close(why = "closed") {
    this.#worker?.terminate();
    this.#worker = null;
    this.#facts = null;
    for (const { reject } of this.#waiting.values()) reject(new SignError(why));
    this.#waiting.clear();
  }
}
