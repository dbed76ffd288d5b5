// SPDX-License-Identifier: Apache-2.0
// Keeps a page of [data-stream] fresh: each event of the stream fetches this same address again and swaps the regions
// [data-live][id]. The server draws everything, so the page is the same with and without scripts. A script that draws an
// act by itself takes `vitrina:act` (detail: what the event says) and prevents its default: then nothing is fetched.
const page = document.querySelector("[data-stream]");
const line = document.querySelector("[data-live-line]");
const RETRY = 3000;
const PATIENCE = 4000; // a server that restarts, or ends a long connection, is not worth a word
const SILENT = 45000; // the server says the time every fifteen seconds: a line on which nothing comes is dead
const STUCK = 15000; // a page that takes longer does not come
const SPREAD = 300; // thousands of viewers must not ask for the page in the same millisecond
const LATER = [600, 1500]; // the page is drawn from a projection that may be a moment behind the event

function say(text) {
  const words = line?.querySelector("[data-live-words]");
  if (words && words.textContent !== text) words.textContent = text;
}

function swap(fresh) {
  let changed = 0;
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(old.id);
    if (!next || old.innerHTML === next.innerHTML || (old.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"))) continue;
    const open = [...old.querySelectorAll("details[open]")].map((details) => details.querySelector("summary")?.textContent);
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const known = new Set([...old.querySelectorAll("li")].map((item) => item.textContent.trim()));
    old.innerHTML = next.innerHTML;
    for (const item of old.querySelectorAll("li")) if (!known.has(item.textContent.trim())) item.classList.add("fresh");
    for (const details of old.querySelectorAll("details")) if (open.includes(details.querySelector("summary")?.textContent)) details.open = true;
    if (focused) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("vitrina:swapped", { detail: old }));
    changed += 1;
  }
  return changed;
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const calm = line?.querySelector("[data-live-words]")?.textContent ?? "";
let cutAt = null;
let working = false;
let again = false;
const newest = (root) => Number(root.querySelector("#acts-live li[id^=act-]")?.id.slice(4) ?? 0);
async function fetched() {
  const answer = await fetch(location.href, { headers: { "X-Live": "1" }, cache: "no-store", signal: AbortSignal.timeout(STUCK) });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

async function refresh(tries = 0, spread = SPREAD) {
  if (working) { again = true; return; }
  working = true;
  let changed = 0;
  await wait(tries ? LATER[tries - 1] : Math.random() * Math.max(SPREAD, spread));
  try {
    const fresh = await fetched();
    const isOld = fresh && newest(fresh) < newest(document); // drawn before an act that a script has shown meanwhile
    if (fresh && !(isOld && tries < LATER.length)) changed = swap(fresh);
    if (changed && !cutAt) say(line?.dataset.new ?? "");
  } catch { /* the stream itself says when the connection is cut */ }
  working = false;
  if (again) { again = false; refresh(); } else if (!changed && tries < LATER.length) refresh(tries + 1);
}

function tellCut(since) {
  const hour = since.toLocaleTimeString("es-MX", { hour12: false, timeZone: page.dataset.zone || "America/Mexico_City" });
  if (line) say(`${line.dataset.cut} ${hour}\u00a0h. ${line.dataset.cutNote}`);
}

// Where the page stands may be more than the stream can bridge, or more than there is (a restored backup): the page is
// fetched whole, and goes on from where that one stands.
async function anew(after) {
  await wait(RETRY * (0.5 + Math.random()));
  let fresh = null;
  try { fresh = await fetched(); } catch { /* still cut */ }
  if (fresh) {
    swap(fresh);
    document.dispatchEvent(new CustomEvent("vitrina:reloaded", { detail: fresh }));
  }
  listen(fresh?.querySelector("[data-stream]")?.dataset.after || after);
}

function listen(after) {
  const address = new URL(page.dataset.stream, location.href);
  if (after) address.searchParams.set("after", after);
  const source = new EventSource(address);
  let last = after;
  let silence = null;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => { source.close(); cutAt ??= new Date(); tellCut(cutAt); anew(last); }, SILENT);
  };
  const heard = (event) => {
    alive();
    if (event.lastEventId) last = event.lastEventId;
    const detail = JSON.parse(event.data || "{}");
    if (document.dispatchEvent(new CustomEvent("vitrina:act", { detail, cancelable: true }))) refresh(0, detail.spread);
  };
  source.addEventListener("act", heard);
  source.addEventListener("tick", alive);
  source.addEventListener("tick", (event) => document.dispatchEvent(new CustomEvent("vitrina:tick", { detail: JSON.parse(event.data) })));
  source.addEventListener("reload", () => { clearTimeout(silence); source.close(); anew(last); });
  source.addEventListener("open", () => {
    alive();
    if (!cutAt) return;
    cutAt = null;
    say(calm);
    refresh();
  });
  source.addEventListener("error", () => {
    if (!cutAt) {
      const since = cutAt = new Date();
      setTimeout(() => { if (cutAt === since) tellCut(since); }, PATIENCE);
    }
    if (source.readyState !== EventSource.CLOSED) return; // a cut line comes back by itself
    clearTimeout(silence);
    anew(last); // refused, not cut
  });
  addEventListener("pagehide", () => { clearTimeout(silence); source.close(); }, { once: true });
  alive();
}

if (page) {
  listen(page.dataset.after || "");
  document.addEventListener("vitrina:refresh", () => refresh()); // another script of the page knows that something changed
  addEventListener("pageshow", (event) => { if (event.persisted) { refresh(); listen(page.dataset.after || ""); } });
}
