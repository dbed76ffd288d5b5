// SPDX-License-Identifier: Apache-2.0
// "Comprobar" beside every act: what the act says is fetched with its receipt and checked here, by verify.js. Without scripts
// the same link leads to the page of the act, which says how to check with a program of one's own.
import { jcs, sha256, toHex } from "./bytes.js";

const DIGITS = { hour: "2-digit", minute: "2-digit", hour12: false };
const told = (selector) => document.querySelector("template[data-proof-words]")?.content.querySelector(selector);
const words = (code, values = {}) => {
  const found = told(`span[data-code="${code}"]`)?.textContent ?? code;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
};
const english = document.documentElement.lang.startsWith("en");
const counted = (n) => n.toLocaleString(english ? "en-US" : "es-MX");

class Absent extends Error {}

async function get(url, kind) {
  const answer = await fetch(url, { cache: "no-store" });
  if (answer.status === 404) throw new Absent(url);
  if (!answer.ok && answer.status !== 410) throw new TypeError(`${url}: ${answer.status}`); // as when nobody answers
  return kind === "json" ? answer.json() : kind === "bytes" ? new Uint8Array(await answer.arrayBuffer()) : answer.text();
}

/** Everything about one act: `state` is done, waiting, withdrawn, mismatch or unable; `steps` says what held, in order. */
export async function check(position) {
  if (!globalThis.crypto?.subtle) return { state: "unable", reason: words("insecure"), steps: [] };
  const steps = [];
  try {
    const { verifyProof } = await import("./verify.js");
    const [proof, statement, policy, act] = await Promise.all([
      get(`/log/proof/${position - 1}`), get(`/log/statement/${position - 1}`, "bytes"), get("/log/policy"), get(`/actos/${position}.json`, "json"),
    ]);
    const leaf = JSON.parse(new TextDecoder().decode(statement));
    const found = await verifyProof(proof, statement, policy);
    if (found.index !== position - 1) return { state: "mismatch", reason: words("other-act"), steps };
    if (act.body && !act.withdrawn && leaf.type !== "body.erased") {
      if (toHex(await sha256(jcs(act.body))) !== leaf.body?.sha256) return { state: "mismatch", reason: words("body"), steps };
      steps.push(words("step-body"));
    }
    steps.push(words("step-inclusion", { n: counted(position), size: counted(found.size) }));
    steps.push(words("step-log", { log: found.log }));
    if (found.witnesses) steps.push(words(found.enough ? "step-witnesses" : "step-few", { n: found.cosignatures.length, of: found.witnesses }));
    for (const { name, seconds } of found.cosignatures) steps.push(words("step-witness", { name, at: new Date(seconds * 1000).toLocaleString(english ? "en-GB" : "es-MX", { dateStyle: "long", timeStyle: "medium" }) }));
    return { state: act.withdrawn ? "withdrawn" : "done", by: act.withdrawn?.position, steps, found };
  } catch (error) {
    if (error instanceof Absent) return { state: "waiting", steps };
    if (typeof error.code === "string") return { state: "mismatch", reason: words(`wrong-${error.code}`), steps };
    return { state: "unable", reason: words(error.name === "NotSupportedError" ? "old" : "unreachable"), steps };
  }
}

const icon = (code) => told(`svg[data-code="${code}"]`)?.cloneNode(true);

function show(proof, link, { state, by, at }) {
  proof.dataset.state = state;
  const note = proof.querySelector("[role=status]") ?? proof.appendChild(Object.assign(document.createElement("span"), { role: "status" }));
  const drawn = icon(state);
  if (drawn) proof.querySelector("svg")?.replaceWith(drawn);
  const n = counted(Number(link.dataset.check));
  link.removeAttribute("data-check");
  link.textContent = words(`link-${state}`);
  link.ariaLabel = words("label", { words: link.textContent, n });
  note.textContent = words(`note-${state}`, { at, n: by ? counted(by) : "" });
  if (state === "mismatch") link.href = words("what-to-do");
}

const known = new Map(); // number of the act -> what was found; a page that is drawn again keeps it

document.addEventListener("vitrina:swapped", ({ detail }) => {
  for (const link of detail.querySelectorAll("a[data-check]")) {
    const result = known.get(link.dataset.check);
    if (result) show(link.closest(".proof"), link, result);
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-check]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const proof = link.closest(".proof");
  if (proof.ariaBusy) return;
  proof.ariaBusy = "true";
  const result = { ...(await check(Number(link.dataset.check))), at: new Date().toLocaleTimeString("es-MX", DIGITS) };
  proof.ariaBusy = null;
  if (result.state !== "waiting") known.set(link.dataset.check, result);
  const shown = proof.isConnected ? link : document.querySelector(`a[data-check="${link.dataset.check}"]`); // drawn again meanwhile
  if (shown) show(shown.closest(".proof"), shown, result);
});

/** The page of an act: a button, and each check in words. */
function panel(place) {
  const button = place.querySelector("button");
  const list = place.querySelector("ul");
  const verdict = place.querySelector("[role=status]");
  place.hidden = false;
  button.addEventListener("click", async () => {
    button.ariaDisabled = "true";
    verdict.textContent = words("checking");
    const { state, steps, reason, by } = await check(Number(place.dataset.checkPanel));
    place.dataset.state = state;
    list.replaceChildren(...steps.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.hidden = !steps.length;
    verdict.replaceChildren(icon(state) ?? "", ` ${words(`verdict-${state}`, { at: new Date().toLocaleTimeString("es-MX", DIGITS), n: by ? counted(by) : "" })}${reason ? ` ${reason}` : ""}`);
    button.ariaDisabled = null;
  });
}

for (const place of document.querySelectorAll("[data-check-panel]")) panel(place);
