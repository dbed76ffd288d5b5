// SPDX-License-Identifier: Apache-2.0
// The receipts that this browser keeps of one purchase: upload goes on, the register is checked, replace, withdraw, deal a share again.
import { askUntil, dayHour, draw, english, fill, hour, now, number, say, size, wait } from "./page-tools.js";
import { keyIn, rescue, signAndSend } from "./receipts-acts.js";
import { verdictOf } from "./receipts-check.js";
import { bring, take } from "./receipts-files.js";
import { checkProof } from "./proof-check.js";
import { centavosOf, money } from "./exact.js";
import { proofOf, registered } from "./seal-send.js";

const EVERY = 2000;

// `replace(receipt)` is called when the person wants another envelope in place of one. Gives `standing` (the receipt that counts, if any).
export async function receiptsOf({ place, tender, seal, replace }) {
  const { zone, sendUrl, envelopeUrl } = place.dataset;
  const list = place.querySelector("[data-receipts]");
  const cards = new Map(); // c -> what is on the page
  const proven = new Map(); // c -> what this browser found of its proof
  const judged = new Set(); // c of those whose verdict stands on the page: drawn anew, the card keeps it
  const isOpen = tender.state === "open";
  const isOver = tender.state === "opened" || tender.state === "cancelled";
  const form = place.querySelector("[data-form-seal]");
  let known = await seal.envelopes.list(tender.ocid).catch(() => []);

  const stands = (one) => one.status !== "late" && !one.withdrawn && !known.some((other) => other.replaces === one.c && other.status !== "late");
  const standing = () => [...known].reverse().find(stands) ?? null;
  const save = async (record) => {
    const kept = await seal.envelopes.save(record);
    known = known.some((one) => one.c === kept.c) ? known.map((one) => (one.c === kept.c ? kept : one)) : [...known, kept];
    return kept;
  };

  const title = (one) => {
    if (one.status === "late") return ["receipt_late", "receipt_late_text"];
    if (one.status === "sending") return ["receipt_sending", "receipt_sending_text"];
    if (one.withdrawn) return ["receipt_withdrawn", "receipt_withdrawn_text"];
    return stands(one) ? [one.foreign ? "receipt_foreign" : "receipt_title", ""] : ["receipt_replaced", ""];
  };
  const inside = ({ summary }) => {
    if (!summary) return "";
    const files = say(summary.documents === 0 ? "files_none" : summary.documents === 1 ? "files_one" : "files_many", { n: summary.documents });
    return say("inside", { total: money(centavosOf(summary.total), english), files });
  };

  function values(one) {
    const [head, text] = title(one);
    const at = one.received_at ?? one.sealed_at;
    return {
      title: say(head), text: text && say(text), c: one.c, received: dayHour(at, zone),
      received_term: say(one.status === "late" ? "arrived" : one.received_at ? "received" : "sealed_on"),
      deadline: one.status === "late" ? dayHour(one.deadline ?? tender.opening_at, zone) : "",
      number: one.proof ? say("place", { n: number(one.index + 1) }) : "", waiting: !one.proof && one.status !== "sending",
      inside: inside(one), upload: one.status === "logged" && !one.withdrawn ? one.told ?? say(one.uploaded ? "upload_whole" : "upload_soon") : "",
      can_change: isOpen && one.status === "logged" && stands(one), verdict: judged.has(one.c), checked: proven.get(one.c) ?? "",
      redeal: isOpen && stands(one) && newcomer(one) ? say("redeal", { name: newcomer(one).name }) : "",
      changed: isOpen && stands(one) && one.received_at && tender.amended_at > one.received_at ? say("call_changed") : "",
      after: stands(one) && one.status === "logged" && !isOver ? say("after", { when: dayHour(tender.opening_at, zone) }) : "",
    };
  }

  // Who holds a place now and did not when this envelope was sealed, unless its share was dealt again.
  function newcomer(one) {
    const { shares } = seal.parseObject(one.manifest);
    return tender.panel.find(({ id }, i) => shares[i]?.opener !== id && !one.redealt?.some((done) => done.opener === id));
  }

  function show(one) {
    let card = cards.get(one.c);
    if (!card) {
      card = draw("receipt-model", {});
      cards.set(one.c, card);
      list.prepend(card);
      act(card, one.c);
    }
    fill(card, values(one));
    card.querySelector("[data-edge]").className = one.proof ? "glass" : "dash";
    card.querySelector("[data-progress]").hidden = one.uploaded || one.status !== "logged";
    return card;
  }

  // What the page says on top once an envelope stands.
  function headline() {
    const one = standing();
    const isWithdrawn = isOpen && !one && known.some(({ withdrawn }) => withdrawn);
    place.querySelector("[data-another]").hidden = !isWithdrawn || Boolean(form && !form.hidden);
    if (isWithdrawn && form?.hidden) tellTop("withdrawn_headline", "withdrawn_lead");
    if (!one && known.at(-1)?.status === "late" && !isOver) tellTop("late_headline", "late_lead");
    if (one?.status !== "logged" || isOver) return;
    tellTop("done_headline", isOpen ? "done_lead" : "done_closed");
    const note = place.querySelector(".lede .fig + .cap");
    if (note) note.textContent = place.dataset.openingNote;
  }

  function tellTop(head, lead) {
    place.querySelector("[data-headline]").textContent = say(head);
    place.querySelector("[data-lead]").textContent = say(lead);
  }

  const current = (c) => known.find((one) => one.c === c);

  function act(card, c) {
    for (const button of card.querySelectorAll("[data-take]")) button.addEventListener("click", () => take(button.dataset.take, current(c)));
    card.querySelector("[data-replace]").addEventListener("click", () => replace(current(c)));
    card.querySelector("[data-withdraw]").addEventListener("click", () => smallAct("withdraw", c, () => seal.withdrawal(current(c).manifest), async (made, answer, claim) => {
      show(await save({ c, withdrawn: { ...made, signature: claim, received_at: answer.body.received_at } }));
      headline();
      return say("withdrawn_done", { hour: hour(answer.body.received_at, zone) });
    }));
    card.querySelector("[data-redeal]").addEventListener("click", () => smallAct("redeal", c, async (part) => {
      const to = newcomer(current(c));
      const key = await keyIn(seal, part.querySelector("#backup_file"), current(c).recipient);
      return { ...(await seal.redeal({ manifest: current(c).manifest, key, x: tender.panel.indexOf(to) + 1, to })), opener: to.id };
    }, async (made, answer, claim) => {
      show(await save({ c, redealt: [...(current(c).redealt ?? []), { ...made, signature: claim, received_at: answer.body.received_at }] }));
      return say("redeal_done", { hour: hour(answer.body.received_at, zone) });
    }));
  }

  const smallAct = (name, c, make, done) => signAndSend({ place, name, one: current(c), card: cards.get(c), make, done, tell });

  function tell(words, kind = "wrong") {
    const line = place.querySelector("[data-receipt-error]");
    [line.textContent, line.hidden] = [words, !words];
    line.className = `${kind} gap-3`;
  }

  async function goOn(c) {
    show(current(c));
    if (current(c).status === "sending") {
      const { manifest, signature, previous } = current(c);
      const outcome = await registered(seal, current(c), await askUntil(sendUrl, { method: "POST", json: { object: manifest, signature, previous } }));
      if (outcome.error) return tell(outcome.error.map(({ message }) => message).join(" "));
      show(await save(outcome));
    }
    const uploading = current(c).uploaded || current(c).withdrawn ? null : upload(c);
    while (!current(c).proof) {
      const proof = await proofOf(`${envelopeUrl}${c}/recibo/`);
      if (proof) show(await save({ c, ...proof, status: current(c).status }));
      else await wait(EVERY);
    }
    const holds = await checkProof(current(c)).then(() => true, () => false);
    proven.set(c, holds ? say("checked_here", { hour: hour(now(), zone) }) : say("checked_wrong"));
    cards.get(c).querySelector("[data-f=checked]").className = holds ? "wait" : "wait err";
    show(current(c));
    await uploading;
  }

  async function upload(c) {
    const one = current(c);
    const store = await seal.partStore(one.recipient, one.kind);
    const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const bar = cards.get(c).querySelector("[data-progress]");
    const tellUpload = (words) => fill(cards.get(c), { upload: words });
    const onProgress = ({ done, total, missing, waiting }) => {
      if (waiting !== null) return tellUpload(say("upload_cut", { seconds: waiting, missing }));
      bar.value = total ? done / total : 1;
      tellUpload(say("uploading", { done: size(done), all: size(total), missing }));
    };
    try {
      await seal.uploadMissing({ ...seal.partsAt(`${envelopeUrl}${c}/partes/`, csrf), read: store.read, parts: one.parts, onProgress });
      await seal.finished(c);
      show(await save({ c, uploaded: true }));
    } catch (error) {
      tellUpload(error.name === "LocalPartError" ? say("upload_elsewhere") : error.message);
    }
  }

  const brought = place.querySelector("[data-bring]");
  if (brought) {
    brought.hidden = false;
    brought.querySelector("input").addEventListener("change", async ({ target }) => {
      const [file] = target.files;
      target.value = "";
      tell("");
      const found = file ? await bring(file, tender, seal) : {};
      if (found.error) tell(found.error);
      else if (found.record) { const kept = await save(found.record); brought.open = false; goOn(kept.c); if (form && stands(kept)) form.hidden = true; headline(); cards.get(kept.c).querySelector("h2").focus(); }
    });
  }
  for (const one of known) goOn(one.c);
  headline();
  rescue({ place, seal, one: standing(), tell });
  if (isOver) for (const one of known) verdictOf({ one, stands: stands(one), url: place.dataset.openedUrl, seal, card: cards.get(one.c) }).then((isTold) => isTold && judged.add(one.c));

  return {
    get standing() { return standing(); },
    async show(receipt) {
      await save(receipt);
      list.hidden = false;
      for (const one of known) if (cards.has(one.c)) show(one);
      goOn(receipt.c);
      headline();
      place.querySelector("[data-headline]").focus();
    },
    hide() { list.hidden = true; return () => { list.hidden = false; }; },
    focus(c = standing()?.c) { cards.get(c)?.querySelector("h2").focus(); },
  };
}
