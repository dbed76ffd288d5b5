// SPDX-License-Identifier: Apache-2.0
// The room of those who open: the key is opened on this page, and its shares are given by themselves when they are asked for.
// Everything that is seen is drawn by the server (live.js); here is only what must not leave the browser. Spec: sealed-bids, section 8.
import { jcs } from "./bytes.js";
import { Cut, ask, confirmLink, data as read, hour, now, refusals, say, setClock, showErrors, wait } from "./page-tools.js";
import { SignError, signer } from "./sign.js";

const EVERY = 2000;
const PAYLOAD_TYPE = "vitrina/apertura/v1";
const place = document.getElementById("room");
const { zone, ocid, dataUrl } = place.dataset;
const form = place.querySelector("[data-unlock]");
const seal = form ? await import("../vendor/seal.js").catch(() => null) : null;
const words = form?.querySelector("[data-words]");

let state = read("room-data");
setClock(state.now);
let key = null; // {identity, recipient}, from the passphrase to the end of the page
let signs = null;
let giving = false;
const tried = new Set(); // rounds given or refused: the same shares are not sent again and again

const tell = (text) => { if (words && words.textContent !== text) words.textContent = text; };
const wrong = (field, name, values) => showErrors(form.querySelector("[data-summary]"), [{ field, message: say(name, values) }]);

async function open() {
  showErrors(form.querySelector("[data-summary]"), []);
  const passphrase = form.querySelector("#passphrase");
  const typed = form.querySelector("#typed");
  if (!signs.ready()) return wrong(form.querySelector("[data-sign] input:not([type=hidden])")?.id, "sign_first");
  if (typed.value.trim()) {
    const found = await seal.openerKey.fromSheet(typed.value).catch(() => null);
    if (!found) return wrong("typed", "sheet_wrong");
    key = found;
  } else {
    if (!passphrase.value.trim()) return wrong("passphrase", "passphrase_missing");
    tell(say("unlocking"));
    key = await seal.openerKey.unlock(state.me.locked, passphrase.value).catch((error) => { if (error.name === "WorkerError") throw error; return null; });
    tell("");
    if (!key) return wrong("passphrase", "passphrase_wrong");
  }
  passphrase.value = typed.value = "";
  form.querySelector("[data-locked]").hidden = true;
  form.querySelector("[data-unlocked]").hidden = false;
  form.querySelector("[data-key-state]").textContent = say("ready");
  document.getElementById("mine").focus();
  await give();
}

// Gives each share of the round that is asked for once. `pressed`: the person asked for it, after a refusal.
async function give({ pressed = false } = {}) {
  const { wanted } = state;
  if (!key || !wanted || giving) return;
  const mark = ({ c }) => `${wanted.round} ${c}`;
  const fresh = wanted.envelopes.filter((one) => pressed || !tried.has(mark(one)));
  if (!fresh.length) return;
  giving = true;
  try {
    const envelopes = fresh.map((one) => ({ ...one, recipient: one.ctx.slice(ocid.length + 1) }));
    const { shares, bad } = await seal.decryptShares(key.identity, ocid, envelopes, ({ done, total }) => tell(say(`giving_${wanted.round}`, { done, total })));
    for (const one of fresh) tried.add(mark(one));
    if (!Object.keys(shares).length) { tell(say("unreadable", { n: bad.length })); return; }
    const signature = await signs.sign(PAYLOAD_TYPE, new TextEncoder().encode(jcs(await payload(wanted.round, shares))));
    const answer = await ask(dataUrl, { method: "POST", json: { round: wanted.round, shares, signature } });
    if (answer.status >= 300) return again(refusals(answer).map(({ message }) => message).join(" "), refusals(answer).find(({ url }) => url));
    state = answer.body;
    told(wanted.round, bad);
    document.dispatchEvent(new Event("vitrina:refresh"));
  } catch (error) {
    if (error instanceof Cut) for (const one of fresh) tried.delete(mark(one)); // no answer: the next look says whether it was counted
    else again(error instanceof SignError ? "" : say("failed", { detail: error.message }));
  } finally {
    giving = false;
  }
  if (state.wanted && state.wanted.round !== wanted.round) await give();
}

async function payload(round, shares) {
  const digests = await Promise.all(Object.entries(shares).map(async ([c, share]) => [c, await seal.sha256(seal.unb64(share))]));
  return { type: PAYLOAD_TYPE, ocid, round, shares: Object.fromEntries(digests) };
}

function told(round, bad) {
  form.querySelector("[data-press]").hidden = true;
  const kinds = (reason) => bad.filter((one) => one.reason === reason).length;
  const lines = [say(`given_${round}`, { hour: hour(now(), zone) })];
  if (kinds("commitment")) lines.push(say("bad_share", { n: kinds("commitment") }));
  if (kinds("undecipherable")) lines.push(say("unreadable", { n: kinds("undecipherable") }));
  form.querySelector("[data-key-state]").textContent = lines.shift();
  tell(lines.join(" "));
}

function again(message, confirm) {
  tell(message);
  if (confirm) words.replaceChildren(confirmLink(confirm));
  form.querySelector("[data-press]").hidden = false;
}

// Looks every two seconds until the act is over: what the server asks of this key, and whether the page is no longer so.
async function watch() {
  let since = null;
  for (let seen = shape(state); ; await wait(EVERY)) {
    try {
      const answer = await ask(dataUrl);
      if (since) { since = null; tell(""); }
      if (answer.status !== 200) continue;
      state = answer.body;
      setClock(state.now);
      const own = place.querySelector("[data-own-key]");
      if (own && !state.wanted && (state.state === "opened" || state.state === "over")) own.hidden = true; // nothing more is asked of a key
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      since ??= now();
      tell(say("cut", { hour: hour(since, zone) }));
      continue;
    }
    const now = shape(state);
    if (now !== seen) { seen = now; document.dispatchEvent(new Event("vitrina:refresh")); }
    if (state.state === "over" && !state.wanted) return;
    await give();
  }
}

// What is drawn of the state: all but the clock itself, and whether the hour has come.
function shape({ now, wanted: _, me: __, ...rest }) {
  return JSON.stringify({ ...rest, is_time: now >= rest.opening_at });
}

// The officer's steps without leaving the room; a refusal is told beside the button. Without scripts the same form goes to its page.
place.addEventListener("submit", async (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  event.preventDefault();
  const button = event.submitter;
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const line = place.querySelector("[data-step-error]");
  line.hidden = true;
  try {
    const body = new FormData(step, button);
    const answer = await fetch(step.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect") {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      line.textContent = page.querySelector("[role=alert]")?.textContent.trim() || say("refused", { status: answer.status });
      line.hidden = false;
    }
  } catch {
    line.textContent = say("cut", { hour: hour(now(), zone) });
    line.hidden = false;
  }
  button.removeAttribute("aria-busy");
  document.dispatchEvent(new Event("vitrina:refresh"));
});

if (form && (!seal || !globalThis.isSecureContext)) {
  place.querySelector("[data-without]").hidden = false;
} else if (form) {
  form.hidden = false;
  signs = signer(form.querySelector("[data-sign]"));
  const button = form.querySelector("[data-locked] button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await open().catch((error) => tell(say("failed", { detail: error.message })));
    button.removeAttribute("aria-busy");
  });
  form.querySelector("[data-press] button").addEventListener("click", () => give({ pressed: true }));
}
watch();
