// SPDX-License-Identifier: Apache-2.0
// The ceremony of an opener's key: passphrase, sheet, signature, proof, rehearsal. The private half never leaves in clear.
// Spec: sealed-bids, sections 2 and 14.
import { jcs } from "./bytes.js";
import { askUntil, data as read, hour, now, number, printSheet, refusals, say, setClock, showErrors } from "./page-tools.js";
import { SignError, signer } from "./sign.js";

const SHORTEST = 16; // signs of a passphrase
const SHEET = 74; // signs of an identity
const PAYLOAD_TYPE = "vitrina/llave/v1";
const place = document.getElementById("ceremony");
const walk = place.querySelector("[data-walk]");
const sheet = document.getElementById("sheet");
const { zone, url } = place.dataset;
setClock(place.dataset.now);
const STEPS = ["make", "keep", "sign", "prove", "drill"];
const at = (id) => document.getElementById(id);
const step = (name) => walk.querySelector(`[data-step=${name}]`);
const seal = await import("../vendor/seal.js").catch(() => null);

let state = read("key-data");
let made = null; // {identity, recipient, fingerprint, locked} until it is registered, or another takes its place
let signs = null;

const errors = (...found) => showErrors(walk.querySelector("[data-summary]"), found);
const wrong = (field, key, values) => errors({ field, message: say(key, values) });

// Everything before `name` is done, everything after is to come. The rehearsal is there once the key is registered.
function goTo(name, { focus = true } = {}) {
  for (const [i, one] of STEPS.entries()) step(one).className = i < STEPS.indexOf(name) ? "done" : i > STEPS.indexOf(name) ? "todo" : "now";
  step("drill").querySelector(".body").hidden = !state.key;
  errors();
  if (focus) step(name).querySelector("h2").focus();
  if (focus) step(name).scrollIntoView({ block: "start" });
}

// One press does one thing: the button is busy until it is done, and a failure says so on the page.
function busily(button, work) {
  const run = async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SignError)) wrong("", "failed", { detail: error.message });
    }
    button.removeAttribute("aria-busy");
  };
  button.addEventListener("click", run);
  return run;
}

function on(name, work) {
  const run = busily(walk.querySelector(`[data-go=${name}]`), work);
  for (const field of step(name).querySelectorAll("input.field:not([type=file])")) {
    if (field.closest("[data-sign]")) continue;
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); run(); } });
  }
}

async function send(json) {
  const answer = await askUntil(url, { method: "POST", json }, { onCut: () => wrong("", "cut"), onBack: () => errors() });
  if (answer.status >= 300) return errors(...refusals(answer).map(({ message, url }) => ({ message, url }))), null;
  return answer.body;
}

function offerWords() {
  const output = walk.querySelector("[data-suggested]");
  const others = () => { output.textContent = seal.suggestPassphrase(); };
  others();
  walk.querySelector("[data-others]").addEventListener("click", others);
  walk.querySelector("[data-use]").addEventListener("click", () => { at("passphrase").value = output.textContent; at("again").focus(); });
}

async function make() {
  const passphrase = at("passphrase").value.trim();
  if (passphrase.length < SHORTEST) return wrong("passphrase", "too_short", { n: SHORTEST });
  if (passphrase !== at("again").value.trim()) return wrong("again", "not_same");
  walk.querySelector("[data-busy=make]").textContent = say("making");
  const key = await seal.openerKey.generate();
  made = { ...key, locked: await seal.openerKey.lock(key.identity, passphrase) };
  walk.querySelector("[data-busy=make]").textContent = "";
  for (const id of ["passphrase", "again"]) at(id).value = "";
  for (const slot of place.querySelectorAll("[data-fingerprint]")) slot.textContent = made.fingerprint;
  sheet.querySelector("[data-recipient]").textContent = made.recipient;
  sheet.querySelector("[data-groups]").replaceChildren(...seal.openerKey.groups(made.identity).map((group) => {
    const span = document.createElement("span");
    span.textContent = group;
    return span;
  }));
  goTo("keep");
}

function keepSheet() {
  const shown = walk.querySelector("[data-show]");
  const show = (visible) => { sheet.hidden = !visible; shown.setAttribute("aria-expanded", String(visible)); };
  walk.querySelector("[data-print]").addEventListener("click", () => {
    const before = sheet.hidden;
    show(true);
    printSheet(sheet);
    show(!before);
  });
  shown.addEventListener("click", () => {
    step("keep").querySelector(".body").insertBefore(sheet, step("keep").querySelector(".choice"));
    show(sheet.hidden);
  });
}

async function register() {
  const body = new TextEncoder().encode(jcs({ type: PAYLOAD_TYPE, recipient: made.recipient }));
  const signature = await signs.sign(PAYLOAD_TYPE, body);
  const known = await send({ action: "register", recipient: made.recipient, locked: made.locked, signature });
  if (!known) return;
  state = known;
  signs.close();
  made = null; // from here on the browser no longer knows it: the sheet has to
  sheet.querySelector("[data-groups]").replaceChildren();
  step("sign").querySelector("[data-registered]").textContent = say("registered", { hour: hour(now(), zone) });
  goTo("prove");
}

async function prove() {
  const key = await seal.openerKey.fromSheet(at("typed").value).catch(() => null);
  if (!key) return wrong("typed", "sheet_wrong");
  if (key.recipient !== state.key.recipient) return wrong("typed", "sheet_other", { found: key.fingerprint, wanted: state.key.fingerprint });
  const { challenge } = state.challenge ? state : ((await send({ action: "challenge" })) ?? {});
  if (!challenge) return;
  const answer = await readWith(key, challenge);
  const known = await send({ action: "prove", answer });
  if (!known) return;
  state = known;
  at("typed").value = "";
  count();
  goTo("drill");
  headline("proven_headline", "proven_lead");
}

// The key is gone: the page is that of someone who has none.
async function retire() {
  if (!at("sure").checked) return wrong("sure", "sure_first");
  const known = await send({ action: "retire" });
  if (!known) return;
  state = known;
  for (const part of place.querySelectorAll("[data-known], [data-retiring]")) part.remove();
  headline("retired_headline", "retired_lead");
  goTo("make", { focus: false });
  place.querySelector("[data-headline]").focus();
}

// What was sealed to a key, as text; an error when it is not for this key.
async function readWith({ identity }, age) {
  return new TextDecoder().decode(await seal.ask("decrypt", { identity, data: seal.unb64(age) }));
}

function headline(head, lead) {
  place.querySelector("[data-headline]").textContent = say(head);
  place.querySelector("[data-lead]").textContent = say(lead);
}

function count() {
  const signsTyped = at("typed").value.replace(/\s+/g, "").length;
  walk.querySelector("[data-count]").textContent = signsTyped ? say("count", { n: number(signsTyped), all: SHEET }) : "";
}

async function drill() {
  const done = walk.querySelector("[data-drilled]");
  const passphrase = at("drill").value;
  done.hidden = true;
  errors();
  if (!passphrase.trim()) return wrong("drill", "passphrase_missing");
  const key = await seal.openerKey.unlock(state.key.locked, passphrase).catch((error) => { if (error.name === "WorkerError") throw error; return null; });
  if (!key) return wrong("drill", "passphrase_wrong");
  await readWith(key, state.drill.age);
  at("drill").value = "";
  done.hidden = false;
  done.querySelector("span").textContent = say("drilled", { hour: hour(now(), zone) });
}

if (!seal || !globalThis.isSecureContext) {
  place.querySelector("[data-without]").hidden = false;
} else {
  walk.hidden = false;
  walk.addEventListener("submit", (event) => event.preventDefault());
  signs = signer(walk.querySelector("[data-sign]"));
  offerWords();
  keepSheet();
  at("typed").addEventListener("input", count);
  on("make", make);
  on("keep", () => (at("have").checked ? goTo("sign") : wrong("have", "sheet_first")));
  on("sign", register);
  on("prove", prove);
  on("drill", drill);
  place.querySelector("[data-anew]")?.addEventListener("click", (event) => { event.target.closest("details").open = false; headline("anew_headline", "anew_lead"); goTo("make"); });
  const retiring = place.querySelector("[data-retire]");
  if (retiring) busily(retiring, retire);
  addEventListener("beforeunload", (event) => { if (made) event.preventDefault(); });
  goTo(!state.key ? "make" : state.key.state === "proven" ? "drill" : "prove", { focus: false });
}
