// SPDX-License-Identifier: Apache-2.0
// The signing widget of templates/parts/sign.html. `signer(fieldset)` gives { ready(), sign(payloadType, bodyBytes), how, close() }.
// What it refuses it says in words inside the fieldset, with the focus on what has to be mended.
import { EFirma, SignError } from "./efirma.js";
import { reasonNot, signWithPasskey } from "./passkey-sign.js";

export { SignError };
const made = new WeakMap();
const FIELD = { password: "password", pair: "key", "not-key": "key", "no-key": "key", "no-password": "password" }; // else the .cer
const ABOUT_FILES = new Set(["not-certificate", "swapped", "csd", "not-efirma", "weak", "not-yet", "expired", "rfc", "no-cer", ...Object.keys(FIELD)]);

class Signer {
  #efirma = null;
  #opened = false;

  constructor(box) {
    this.box = box;
    this.arrived = performance.now();
    this.parts = Object.fromEntries(["cer", "key", "password"].map((name) => [name, box.querySelector(`[data-sign-${name}]`)]));
    box.querySelector("[data-sign-without]")?.remove();
    box.querySelector("[data-sign-with]").hidden = false;
    this.#leaveOut();
    box.addEventListener("change", (event) => this.#changed(event.target));
    box.addEventListener("input", () => this.#tell());
    this.#show();
  }

  /** How the person signs: "demo", "efirma", "passkey", "none" (signed in only), or "" before they choose. */
  get how() {
    return (this.box.querySelector("[data-sign-how]:checked") ?? this.box.querySelector("[data-sign-how][type=hidden]"))?.value ?? "";
  }

  /** Whether everything that is needed to sign has been given. */
  ready() {
    if (this.how !== "efirma") return this.how !== "";
    return Boolean(this.#opened || (this.parts.cer.files.length && this.parts.key.files.length && this.parts.password.value));
  }

  /** The claim over bytes, or null when the person goes on signed in only. Error: SignError, already told on the page. */
  async sign(payloadType, body) {
    this.#say("");
    try {
      if (this.how === "none") return null;
      if (!this.how) throw new SignError("no-choice");
      if (this.how === "passkey") return await signWithPasskey(payloadType, body, this.#passkeys(), this.#stamp());
      this.#state("opening");
      if (!this.#opened) await (this.how === "demo" ? this.#openDemo() : this.#openFiles());
      return await this.#efirma.sign(payloadType, body, this.#stamp());
    } catch (error) {
      this.#say(error.code ?? "failed", error);
      throw error instanceof SignError ? error : new SignError("failed", error.message);
    } finally {
      this.#state("");
    }
  }

  /** Forget key and files. */
  close() {
    this.#efirma?.close();
    this.#efirma = null;
    this.#opened = false;
    for (const input of Object.values(this.parts)) if (input) input.value = "";
  }

  /** The server's instant now, in milliseconds. */
  #now() {
    const given = Date.parse(this.box.dataset.now ?? "");
    return Number.isNaN(given) ? Date.now() : given + performance.now() - this.arrived;
  }

  /** A demonstration has its own clock; elsewhere the claim carries the device's. */
  #stamp() { return "world" in this.box.dataset ? this.#now() : Date.now(); }

  #passkeys() { return JSON.parse(this.box.dataset.passkeys || "[]"); }

  #leaveOut() {
    const why = reasonNot();
    const option = this.box.querySelector("[data-sign-how][value=passkey]");
    if (!option || !why) return;
    const note = this.box.querySelector("[data-sign-no-passkey]");
    if (note) note.textContent = this.#words(`passkey-${why}`);
    if (option.type === "hidden") return;
    option.checked = false;
    option.disabled = true;
    const others = [...this.box.querySelectorAll("[data-sign-how]")].filter((one) => !one.disabled);
    if (!others.some((one) => one.checked) && others.length) others[0].checked = true;
  }

  #changed(input) {
    if (input.matches("[data-sign-how]")) {
      this.close();
      this.#say("");
      this.#facts(null);
      this.#show();
    } else if (input === this.parts.cer || input === this.parts.key) {
      this.#efirma?.close();
      this.#opened = false;
      if (input === this.parts.cer) this.#readCertificate();
    } else if (input === this.parts.password) {
      this.#opened = false;
    }
    this.#tell();
  }

  #show() {
    for (const part of this.box.querySelectorAll("[data-sign-part]")) part.hidden = part.dataset.signPart !== this.how;
    this.#tell();
  }

  #tell() { this.box.dispatchEvent(new CustomEvent("vitrina:signer", { bubbles: true, detail: { ready: this.ready(), how: this.how } })); }

  #fresh() {
    this.#efirma?.close();
    this.#efirma = new EFirma(() => this.#now());
    return this.#efirma;
  }

  /** Say at once whose certificate was chosen, or what is wrong with it. */
  async #readCertificate() {
    const [file] = this.parts.cer.files;
    this.#say("");
    this.#facts(null);
    if (!file) return;
    const reader = new EFirma(() => this.#now()); // a worker of its own: the one that will hold the key begins empty
    try {
      const facts = this.#right(await reader.read(file));
      if (this.parts.cer.files[0] === file) this.#facts(facts);
    } catch (error) {
      if (this.parts.cer.files[0] === file) this.#say(error.code ?? "failed", error, false);
    } finally {
      reader.close();
    }
  }

  async #openFiles() {
    const { cer, key, password } = this.parts;
    if (!cer.files.length) throw new SignError("no-cer");
    if (!key.files.length) throw new SignError("no-key");
    if (!password.value) throw new SignError("no-password");
    const opened = await this.#fresh().open(cer.files[0], key.files[0], password.value);
    this.#facts(this.#right(opened));
    password.value = ""; // the worker has what it needs; nothing else keeps it
    this.#opened = true;
  }

  async #openDemo() {
    const { demoCer, demoKey, demoPassword } = this.box.dataset;
    const [cer, key] = await Promise.all([demoCer, demoKey].map(async (address) => {
      const answer = await fetch(address, { cache: "no-store" });
      if (!answer.ok) throw new SignError("failed", String(answer.status));
      return answer.blob();
    }));
    await this.#fresh().open(cer, key, demoPassword);
    this.#opened = true;
  }

  /** Facts of a certificate whose RFC is one that may act here; the server decides again. */
  #right(facts) {
    const wanted = (this.box.dataset.rfc ?? "").split(" ").filter(Boolean);
    if (wanted.length && !wanted.includes(facts.rfc)) throw new SignError("rfc", facts.rfc);
    return facts;
  }

  #facts(facts) {
    const place = this.box.querySelector("[data-sign-facts]");
    if (!place) return;
    const day = facts && new Date(facts.until).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "America/Mexico_City" });
    place.textContent = facts ? this.#words("facts").replace("{name}", facts.name).replace("{rfc}", facts.rfc).replace("{until}", day) : "";
  }

  #words(code) { return this.box.querySelector(`[data-code="${CSS.escape(code)}"]`)?.textContent.trim() ?? ""; }

  #say(code, error = null, focus = true) {
    const place = this.box.querySelector("[data-sign-error]");
    const isAbout = ABOUT_FILES.has(code) && this.how === "efirma";
    const wrong = isAbout ? this.parts[FIELD[code] ?? "cer"] : null;
    for (const input of Object.values(this.parts)) input?.removeAttribute("aria-invalid");
    if (code) wrong ? wrong.before(place) : this.box.querySelector("[data-sign-state]").before(place); // between label and field
    place.textContent = code ? (this.#words(code) || this.#words("failed")).replace("{detail}", error?.detail ?? "") : "";
    wrong?.setAttribute("aria-invalid", "true");
    if (wrong && focus) wrong.focus();
  }

  #state(code) {
    this.box.querySelector("[data-sign-state]").textContent = code ? this.#words(code) : "";
  }
}

/** The widget of a fieldset, made once. */
export function signer(fieldset) {
  if (!made.has(fieldset)) made.set(fieldset, new Signer(fieldset));
  return made.get(fieldset);
}
