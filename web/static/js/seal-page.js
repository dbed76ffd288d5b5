// SPDX-License-Identifier: Apache-2.0
// The page where a supplier seals a bid: what is typed stays in this browser until it is encrypted. Spec: sealed-bids, sections 5 and 14.
import { costOf, money, plain } from "./exact.js";
import { chosenFiles } from "./seal-files.js";
import { bringOffline } from "./seal-offline.js";
import { pricesOf } from "./seal-prices.js";
import { sendBid } from "./seal-send.js";
import { checkPanel } from "./panel-check.js";
import { data as read, dayHour, download, fill, hour, now, printSheet, say, setClock, showErrors } from "./page-tools.js";
import { receiptsOf } from "./receipts-page.js";
import { signer } from "./sign.js";

const place = document.getElementById("sealing");
const tender = read("sealing-data");
const { zone } = place.dataset;
setClock(tender.now);
const form = place.querySelector("[data-form-seal]");
const seal = await import("../vendor/seal.js").catch(() => null);
const able = seal && globalThis.isSecureContext && globalThis.indexedDB;
if (!able) place.querySelector("[data-without]").hidden = false;

const AGAIN = "#otro"; // the page is loaded anew for another envelope: nothing of the former one is left in it
let draft = null;
let replaces = null; // the receipt of the envelope whose place this one takes
let started = false;

async function openForm() {
  if (!started) await start(); // what was typed before is in its place before anybody can type
  form.hidden = Boolean(receipts.standing && !replaces); // a receipt may have been brought meanwhile
}

async function beginAgain(receipt) {
  if (started) {
    location.hash = AGAIN;
    location.reload();
    return;
  }
  replaces = receipt;
  await openForm();
  form.querySelector("[data-replacing]").hidden = false;
  form.querySelector("[data-price]").focus();
}

async function start() {
  started = true;
  const kept = await seal.drafts.load(tender.ocid).catch(() => undefined); // a private window of some browsers keeps nothing
  const keeps = kept !== undefined;
  draft = { prices: {}, responses: {}, files: [], backup: "", ...kept };
  draft.key ??= await seal.newEnvelopeKey();
  const words = form.querySelector("[data-draft-words]");
  if (!keeps) words.textContent = say("draft_lost");
  else if (draft.saved_at) words.textContent = say("draft_back", { when: dayHour(draft.saved_at, zone) });
  const prices = pricesOf(form, tender, draft.prices);
  const files = chosenFiles(form, tender, draft.files);
  for (const box of form.querySelectorAll("[data-response]")) box.value = draft.responses[box.dataset.response] ?? "";
  for (const box of form.querySelectorAll("[data-cost]")) box.addEventListener("blur", () => { if (typeof costOf(box.value) === "bigint") box.value = money(costOf(box.value), false).slice(1); });
  const signs = signer(form.querySelector("[data-sign]"));
  const panel = checkPanel({ place: form, tender, zone, dataUrl: place.dataset.dataUrl });
  keepBackup();
  if (keeps) saveItself(words, prices, files);
  form.querySelector("[data-forget]").addEventListener("click", async () => {
    await seal.drafts.drop(tender.ocid);
    draft = null;
    location.reload();
  });
  form.querySelector("[data-keep-old]").addEventListener("click", () => { form.hidden = true; replaces = null; receipts.focus(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = [...prices.errors(), ...answerErrors(prices.lots()), ...files.errors(), ...promises(signs, panel)];
    showErrors(form.querySelector("[data-summary]"), found);
    if (found.length) return;
    const responses = Object.fromEntries([...form.querySelectorAll("[data-response]")].map((box) => [box.dataset.response, answer(box)]).filter(([, text]) => text));
    await run({ offer: prices.offer(seal), responses, statement: tender.statement, files: files.list(), replaces, key: draft.key }, signs);
  });
  bringOffline({ form, tender, seal, signs, panel, run: (bid) => run(bid, signs) });
}

// What is asked of every bid, and of the lots that this one prices.
function answerErrors(lots) {
  const asked = tender.criteria.filter(({ lot }) => lot === null || lot === 0 || lots.includes(lot));
  return asked.flatMap(({ number, title }) => {
    const code = fault(form.querySelector(`#response_${number}`));
    return code ? [{ field: `response_${number}`, message: say(code, { title }) }] : [];
  });
}

// Why an answer cannot be sealed, or nothing: it is missing, or a cost that nobody could read as an amount.
function fault(box) {
  const isCost = "cost" in box.dataset;
  if (!box.value.trim()) return isCost ? "cost_missing" : "response_missing";
  return isCost && costOf(box.value) === null ? "cost_wrong" : "";
}

// What is sealed of an answer: its text, or of a cost plain digits.
function answer(box) {
  const cost = "cost" in box.dataset ? costOf(box.value) : "";
  return typeof cost === "bigint" ? plain(cost) : box.value.trim();
}

function promises(signs, panel) {
  const found = [];
  if (!panel.isRight()) found.push({ field: "", message: say("panel_wrong") });
  if (!draft.backup && !form.querySelector("#backup_waived").checked) found.push({ field: "backup_waived", message: say("backup_missing") });
  if (!form.querySelector("#statement").checked) found.push({ field: "statement", message: say("statement_missing") });
  if (!signs.ready()) found.push({ field: form.querySelector("[data-sign] input:not([type=hidden])")?.id, message: say("sign_missing") });
  return found;
}

function keepBackup() {
  const kept = form.querySelector("[data-backup-kept]");
  const waived = form.querySelector("#backup_waived");
  const sheet = document.getElementById("backup-sheet");
  const about = { number: tender.number, ocid: tender.ocid, supplier: tender.supplier };
  const told = (words) => {
    kept.hidden = !words;
    kept.querySelector("span").textContent = words;
    if (words) waived.checked = false;
    if (words) waived.dispatchEvent(new Event("input", { bubbles: true })); // it is no longer missing
  };
  const done = (words) => { draft.backup = words; told(words); };
  told(draft.backup);
  form.querySelector("[data-backup-save]").addEventListener("click", () => {
    const name = `llave-${tender.number || tender.ocid}-${draft.key.recipient.slice(4, 10)}.key.txt`;
    download(name, "text/plain", seal.backupText(draft.key, about));
    done(say("backup_saved", { hour: hour(now(), zone), name }));
  });
  form.querySelector("[data-backup-print]").addEventListener("click", () => {
    fill(sheet, { recipient: draft.key.recipient });
    sheet.querySelector("[data-f=groups]").replaceChildren(...draft.key.identity.match(/.{1,5}/g).map((group) => {
      const span = document.createElement("span");
      span.textContent = group;
      return span;
    }));
    sheet.hidden = false;
    printSheet(sheet);
    sheet.hidden = true;
    done(say("backup_printed", { hour: hour(now(), zone) }));
  });
  waived.addEventListener("change", () => { if (waived.checked && draft.backup) done(""); });
}

// A draft of what was typed, a moment after the last key; the signature and its files are never in it.
function saveItself(words, prices, files) {
  let timer = null;
  const save = async () => {
    if (!draft) return;
    draft.prices = prices.typed();
    draft.responses = Object.fromEntries([...form.querySelectorAll("[data-response]")].map((box) => [box.dataset.response, box.value]));
    draft.files = files.list();
    await seal.drafts.save(tender.ocid, draft).then(
      () => { words.textContent = say("draft_saved", { hour: hour(now(), zone) }); },
      () => { words.textContent = say("draft_lost"); },
    );
  };
  const soon = (event) => {
    if (event.target.closest?.("[data-sign]")) return;
    clearTimeout(timer);
    timer = setTimeout(save, 600);
  };
  form.addEventListener("input", soon);
  form.addEventListener("vitrina:files", soon);
  addEventListener("pagehide", save);
}

async function run(bid, signs) {
  const showReceipts = receipts.hide();
  form.hidden = true;
  const outcome = await sendBid({ place, tender, seal, signs, bid });
  if (outcome.error) {
    form.hidden = false;
    showReceipts();
    if (outcome.error.length) showErrors(form.querySelector("[data-summary]"), outcome.error);
    else form.querySelector("[data-sign]").scrollIntoView();
    return;
  }
  signs.close();
  await seal.drafts.save(tender.ocid, { ...draft, key: undefined, backup: "" }); // a later envelope gets a key of its own
  location.hash = "";
  await receipts.show(outcome.receipt);
}

const receipts = able ? await receiptsOf({ place, tender, seal, replace: beginAgain }) : null;
if (able && form) {
  const standing = receipts.standing;
  if (!standing) openForm();
  else if (location.hash === AGAIN) beginAgain(standing);
}
