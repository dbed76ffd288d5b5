// SPDX-License-Identifier: Apache-2.0
// Seals, signs and registers a bid, and says on the page what is going on; receipts-page.js uploads its parts. Spec: sealed-bids, section 5, in its order.
import { Cut, ask, askUntil, hour, now, number, refusals, say, size } from "./page-tools.js";
import { SignError } from "./sign.js";

// The list of stages on the page: one is now, those before are done, and a word about each.
function board(place) {
  const work = place.querySelector("[data-work]");
  const row = (key) => work.querySelector(`[data-stage=${key}]`);
  const cut = work.querySelector("[data-cut]");
  return {
    work,
    open() {
      work.hidden = false;
      for (const one of work.querySelectorAll("[data-stage]")) one.className = "todo";
      work.querySelector("h2").focus();
    },
    now(key, words = "", share = null) {
      const one = row(key);
      one.className = "now";
      if (words) one.querySelector("[data-stage-words]").textContent = words;
      const bar = one.querySelector("progress");
      if (share === null) bar.removeAttribute("value");
      else bar.value = share;
    },
    done(key, words) {
      row(key).className = "done";
      row(key).querySelector("[data-stage-words]").textContent = words;
    },
    cut(words) {
      cut.hidden = !words;
      if (words) cut.querySelector("span").textContent = words;
    },
    close() { work.hidden = true; this.cut(""); },
  };
}

// While a bid is on its way, leaving asks first.
function holdPage() {
  const hold = (event) => event.preventDefault();
  addEventListener("beforeunload", hold);
  return () => removeEventListener("beforeunload", hold);
}

let sealed = null; // what was sealed but refused to sign: sealing again would take as long again

// `{receipt}` when the bid is registered; `{error: [{message, field}]}` when it is not, [] when the widget has said why.
export async function sendBid({ place, tender, seal, signs, bid }) {
  const { zone } = place.dataset;
  const show = board(place);
  const release = holdPage();
  show.open();
  try {
    const made = await close(show, seal, tender, bid);
    show.now("sign", say("signing"));
    const claim = await signs.sign(made.payload_type, new TextEncoder().encode(made.manifest));
    show.done("sign", say("signed", { hour: hour(now(), zone) }));
    const kept = await seal.envelopes.save({ ...made, ocid: tender.ocid, number: tender.number, title: tender.title, opening_at: tender.opening_at, status: "sending",
      signature: claim, previous: bid.replaces?.manifest ?? null, replaces: bid.replaces?.c ?? null, summary: bid.offer && { total: bid.offer.total, lines: bid.offer.lines, documents: bid.files.length, bytes: made.total } });
    sealed = null;
    const receipt = await register(show, seal, kept, place);
    if (receipt.error) await seal.envelopes.drop(kept.c);
    else show.done("send", say("registered", { hour: hour(receipt.received_at, zone) }));
    return receipt.error ? receipt : { receipt };
  } catch (error) {
    if (error instanceof SignError) return { error: [] };
    return { error: [toTell(error)] };
  } finally {
    release();
    show.close();
  }
}

function toTell(error) {
  if (error.name === "QuotaExceededError") return { message: say("no_room", { size: size(Math.max(error.lacks ?? 0, 1e6)) }) };
  if (error.name === "NotReadableError" || error.name === "NotFoundError" || /changed while/.test(error.message)) return { field: "documents", message: say("file_gone", { name: error.file ?? "" }) };
  return { message: say("failed", { detail: error.message }) };
}

async function close(show, seal, tender, bid) {
  if (bid.made) return bid.made; // sealed elsewhere, without a connection
  const of = JSON.stringify([bid.offer, bid.responses, bid.replaces?.c, bid.files.map((file) => [file.name, file.size, file.lastModified]), bid.key.recipient]);
  if (sealed?.of === of) return sealed.made;
  const bytes = bid.files.reduce((sum, file) => sum + file.size, 0);
  const room = await seal.room(bytes);
  if (!room.enough) throw Object.assign(new Error("no room"), { name: "QuotaExceededError", lacks: bytes - room.free });
  let current = "";
  const onProgress = ({ name, done, total }) => {
    current = name;
    show.now("seal", say("sealing_files", { done: size(done), all: size(total), name }), total ? done / total : 1);
  };
  show.now("seal", "", 0);
  const made = await seal.sealBid({ context: tender, offer: bid.offer, responses: bid.responses, statement: bid.statement, files: bid.files,
    replaces: bid.replaces?.c ?? null, key: bid.key, onProgress }).catch((error) => { throw Object.assign(error, { file: current }); });
  show.done("seal", say("sealed_in", { n: number(made.parts.length), size: size(made.total) }));
  sealed = { made, of };
  return made;
}

async function register(show, seal, kept, place) {
  show.now("send", say("sending"));
  const { zone, sendUrl } = place.dataset;
  const answer = await askUntil(sendUrl, { method: "POST", json: { object: kept.manifest, signature: kept.signature, previous: kept.previous } }, {
    onCut: (since) => show.cut(say("cut", { hour: hour(since, zone) })),
    onBack: () => show.cut(""),
  });
  return registered(seal, kept, answer);
}

// What the server said of an envelope; kept with its receipt. Also for one that was sealed before a reload.
export async function registered(seal, kept, answer) {
  if (answer.status !== 201 && answer.status !== 200) return { error: refusals(answer).map(({ message, field }) => ({ message, field: field === "documents" ? field : "" })) };
  const { status, received_at: receivedAt, deadline } = answer.body;
  return seal.envelopes.save({ c: kept.c, status, received_at: receivedAt, deadline, uploaded: status === "late" });
}

// The place in the register, once the log has it: `{proof, statement, index, policy}`; null while it has not.
export async function proofOf(url) {
  try {
    const answer = await ask(url);
    return answer.status === 200 ? answer.body : null;
  } catch (error) {
    if (error instanceof Cut) return null;
    throw error;
  }
}
