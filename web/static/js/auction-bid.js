// SPDX-License-Identifier: Apache-2.0
// A bidder's place in an auction. Two gestures make an offer: review it, then confirm what is written out. It is sent with a
// key of its own until there is an answer, over however bad a line, and the page says plainly whether it arrived.
import { centavosOf, guess, inWords, money, plain } from "./exact.js";
import { Cut, ask, data, english, hour, now, say, setClock, shortDigest, wait } from "./page-tools.js";

const CALM = 700; // a second press of the same finger is not a second gesture
const BETWEEN = 5000; // a screen reader is told once in five seconds at most
const AGAIN = 2000;
const OVER = new Set(["closed", "revealed", "certified", "voided"]);
const $ = (selector) => document.querySelector(selector);
let facts = data("place-data");
const { urls, zone } = facts;
const per = BigInt(facts.per);
const KEPT = `offer ${location.pathname}`;
const cents = (text) => BigInt(text.replace(".", ""));
const told = (centavos) => money(centavos, english);
const priced = (text) => say("price", { amount: told(cents(text) / per) });

// ---- what the page shows of its bidder
function headline() {
  if (["scheduled", "warmup"].includes(facts.state)) return "before";
  if (facts.state === "paused") return "paused";
  if (OVER.has(facts.state)) return facts.leads ? "over_first" : "over";
  if (facts.leads) return "leads";
  return facts.may_offer && facts.limit ? "behind" : "waits";
}

let announced = 0;
let waiting = null;
function announce(sentence) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    announced = performance.now();
    if ($("[data-announce]").textContent !== sentence) $("[data-announce]").textContent = sentence;
  }, Math.max(0, announced + BETWEEN - performance.now()));
}

function draw() {
  const sentence = say(headline(), { rank: facts.rank, amount: facts.limit ? priced(facts.limit) : "" });
  if ($("[data-headline]").textContent !== sentence) { $("[data-headline]").textContent = sentence; announce(sentence); }
  const sum = facts.cost ? told(cents(facts.cost) + cents(facts.amount)) : "";
  const shown = { amount: priced(facts.amount), sum, limit: facts.limit ? priced(facts.limit) : "", floor: facts.floor ? priced(facts.floor) : "" };
  for (const [name, text] of Object.entries(shown)) {
    const place = $(`[data-own="${name}"]`);
    if (place && text && place.textContent !== text) place.textContent = text;
  }
  const timer = $("#place [role=timer]");
  if (timer && facts.ends_at) timer.dataset.until = facts.ends_at;
  $("[data-limit]").textContent = facts.limit ? say("limit_now", { amount: priced(facts.limit) }) : "";
  $("[data-offer]").hidden = !facts.may_offer || confirming || taking || sending;
  $("[data-without]").hidden = true;
  $("[data-held]").hidden = !facts.held || confirming || taking || sending;
  $("[data-held-text]").textContent = facts.held ? say("held", { amount: priced(facts.held) }) : "";
  [$("[data-take]").hidden, $("[data-take-form]").hidden] = [false, true];
}

function learn(fresh) {
  if (!fresh || fresh.seq < facts.seq) return;
  facts = { ...facts, ...fresh };
  setClock(fresh.server_now, performance.now());
  draw();
}

let fetching = false;
let again = false;
async function refresh() { // at most one question at a time, and never one per event
  if (fetching) { again = true; return; }
  fetching = true;
  try { learn((await ask(urls.facts)).body); } catch { /* live.js says that the line is cut */ }
  await wait(AGAIN / 4);
  fetching = false;
  if (again) { again = false; refresh(); }
}

// ---- first gesture: what is typed is looked at
let confirming = null; // {centavos, total, since}
let taking = null; // {held, since}: an offer that is to be taken back
let sending = null; // {amount, key, stop}

function fault(text) {
  const place = $("#price_error");
  [place.textContent, place.hidden] = [text, !text];
  $("#price").setAttribute("aria-invalid", text ? "true" : "false");
  if (text) $("#price").focus();
}

function review(event) {
  event.preventDefault();
  const typed = $("#price").value;
  const centavos = centavosOf(typed);
  if (!centavos) {
    const meant = guess(typed);
    fault([say("not_amount"), meant && say("guess", { amount: told(centavosOf(meant)) })].filter(Boolean).join(" "));
    return;
  }
  const total = centavos * per;
  if (facts.limit && total > cents(facts.limit)) { fault(say("too_high_typed", { amount: priced(facts.limit) })); return; }
  fault("");
  const isAbsurd = facts.ask_below && total < cents(facts.ask_below);
  confirming = { total, since: performance.now(), isAbsurd };
  const amount = say("price", { amount: told(centavos) });
  $("[data-confirm-text]").textContent = say("confirm_text", { amount, total: told(total), in_words: inWords(total, english) });
  $("[data-absurd]").hidden = !isAbsurd;
  $("#meant").checked = false;
  if (isAbsurd) {
    const limit = cents(facts.limit);
    $("[data-absurd-text]").textContent = say("absurd", { share: `${((limit - total) * 100n) / limit}${english ? "%" : "\u00a0%"}`, limit: priced(facts.limit) });
  }
  $("[data-send]").textContent = say("confirm", { amount });
  $("[data-confirm]").hidden = false;
  draw();
  $("[data-confirm]").focus();
}

function back() {
  confirming = null;
  $("[data-confirm]").hidden = true;
  draw();
  $("#price").focus();
}

// ---- a hidden offer is taken back, in two gestures too
function take() {
  if (!facts.held) return;
  taking = { held: facts.held, since: performance.now() };
  $("[data-taking-text]").textContent = say("take_text", { amount: priced(facts.held), stands: priced(facts.amount) });
  $("[data-taking]").hidden = false;
  draw();
  $("[data-taking]").focus();
}

function keep() {
  taking = null;
  $("[data-taking]").hidden = true;
  draw();
  $("[data-take]").focus();
}

function takeBack() {
  if (!taking || performance.now() - taking.since < CALM) return;
  const offer = { amount: null, idempotency_key: crypto.randomUUID(), seen_seq: facts.seq, rules: facts.rules, held: taking.held };
  taking = null;
  $("[data-taking]").hidden = true;
  deliver(offer);
}

// ---- second gesture: it is sent, with one key, until there is an answer
function outcome(kind, text, note = "") {
  const place = $("[data-outcome]");
  place.hidden = false;
  place.firstElementChild.className = `outcome ${kind}`;
  $("[data-outcome-text]").textContent = text;
  $("[data-outcome-note]").textContent = note;
  $("[data-outcome-proof]").replaceChildren();
  $("[data-stop]").hidden = kind !== "wait";
}

function send() {
  if (!confirming || performance.now() - confirming.since < CALM) return;
  if (confirming.isAbsurd && !$("#meant").checked) { $("#meant").focus(); return; }
  const amount = plain(confirming.total);
  const offer = { amount, idempotency_key: crypto.randomUUID(), seen_seq: facts.seq, rules: facts.rules, is_meant: $("#meant").checked };
  confirming = null;
  $("[data-confirm]").hidden = true;
  deliver(offer);
}

const wordsOf = (offer) => ({ amount: priced(offer.amount ?? offer.held) });

async function deliver(offer) {
  const words = wordsOf(offer);
  const way = offer.amount === null ? "taking" : "sending";
  const aborted = new AbortController();
  sending = { offer, stop: () => aborted.abort() };
  sessionStorage.setItem(KEPT, JSON.stringify(offer)); // a page that is loaded again asks whether it arrived
  draw();
  outcome("wait", say(way, words));
  let since = null;
  for (;;) {
    try {
      const answer = await ask(urls.offers, { method: "POST", json: offer, signal: aborted.signal });
      finish(answer, words, offer.amount === null);
      return;
    } catch (error) {
      if (aborted.signal.aborted) { stopped(); return; }
      if (!(error instanceof Cut)) throw error;
      since ??= now();
      outcome("wait", say(way, words), say("cut", { hour: hour(since, zone) }));
    }
    await wait(AGAIN);
  }
}

function stopped() {
  sending = null;
  outcome("wrong", say("stopped"));
  refresh();
  draw();
}

function finish({ status, body }, words, isBack) {
  sending = null;
  sessionStorage.removeItem(KEPT);
  const isRepeated = body?.code === "duplicate";
  const found = isRepeated ? body.first : body;
  learn(body?.own);
  draw();
  if (!found || (status !== 201 && status !== 409)) { outcome("wrong", body?.errors?.[0]?.message ?? say("failed", { status })); return; }
  tell(found, words, isRepeated, isBack);
}

let receipt = null; // the entry whose public number is awaited
function tell(found, words, isRepeated, isBack) {
  const at = found.received_at ? hour(found.received_at, zone) : "";
  const key = isBack ? (found.code ? "not_back" : "taken") : found.code ? (found.seq ? "refused" : "not_taken") : found.is_hidden ? "hidden" : "accepted";
  const limit = found.code && (found.limit ?? facts.limit);
  const notes = [found.seq ? found.message : "", limit ? say("limit_now", { amount: priced(limit) }) : "", isRepeated ? say("repeated") : "",
    found.digest && !found.is_hidden ? say("number", { seq: found.seq, digest: shortDigest(found.digest) }) : ""];
  outcome(found.code ? "wrong" : "", say(key, { ...words, hour: at, message: found.message }), notes.filter(Boolean).join(" "));
  if (!found.code) $("#price").value = "";
  receipt = found.is_hidden ? null : found.seq;
  if (found.position) number(found.position);
  $("[data-outcome]").focus();
}

function number(position) {
  const link = document.createElement("a");
  [link.href, link.textContent] = [`${english ? "/en" : ""}/actos/${position}/`, `${english ? "no." : "n.º"}\u00a0${position.toLocaleString("en-US")}`];
  $("[data-outcome-proof]").replaceChildren(link);
  receipt = null;
}

// A page that was closed, or whose telephone died, while an offer was on its way.
async function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  const words = wordsOf(kept);
  try {
    const { body } = await ask(`${urls.facts}?key=${encodeURIComponent(kept.idempotency_key)}`);
    sessionStorage.removeItem(KEPT);
    learn(body);
    if (body.first) tell(body.first, words, false, kept.amount === null);
    else outcome("wrong", kept.amount === null ? say("not_back", { ...words, message: "" }) : say("pending_no", words));
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    setTimeout(resume, AGAIN);
  }
}

document.addEventListener("vitrina:act", (event) => {
  if (["offer", "offers", "told"].includes(event.detail.auction?.event)) event.preventDefault(); // the rest the server draws
  if (event.detail.seq === receipt) number(event.detail.position);
  refresh();
});
document.addEventListener("vitrina:reloaded", refresh);
document.addEventListener("vitrina:swapped", () => learn(data("place-data")));
$("[data-offer]").addEventListener("submit", review);
$("[data-back]").addEventListener("click", back);
$("[data-send]").addEventListener("click", send);
$("[data-take]").addEventListener("click", take);
$("[data-take-keep]").addEventListener("click", keep);
$("[data-take-send]").addEventListener("click", takeBack);
$("[data-stop] button").addEventListener("click", () => sending?.stop());
addEventListener("online", refresh);
setClock(facts.server_now);
draw();
resume();
