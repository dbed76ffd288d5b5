// SPDX-License-Identifier: Apache-2.0
// Signed acts over an envelope that was sent: withdraw it, deal a share again, bring its key to the opening.
import { askUntil, hour, now, refusals, say } from "./page-tools.js";
import { SignError, signer } from "./sign.js";

// A key file that is missing or is another's: the words are for the person.
class KeyMissing extends Error {}

// The key in a file that the person chose, which must be that of the envelope with this recipient.
export async function keyIn(seal, input, recipient) {
  const [file] = input.files;
  if (!file) throw new KeyMissing(say("key_needed"));
  const key = await seal.readBackup(await file.text()).catch(() => null);
  if (key?.recipient !== recipient) throw new KeyMissing(say("key_wrong"));
  return key;
}

// One press, one act; what went wrong is told on the page. `work` gives the words of success.
async function once(button, tell, work) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  tell("");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SignError)) tell(error instanceof KeyMissing ? error.message : say("failed", { detail: error.message }));
  }
  button.removeAttribute("aria-busy");
}

function send({ place, url, json, tell }) {
  const { zone } = place.dataset;
  return askUntil(url, { method: "POST", json }, { onCut: (since) => tell(say("cut", { hour: hour(since, zone) })), onBack: () => tell("") });
}

const told = (answer) => refusals(answer).map(({ message }) => message).join(" ");

// A small act: its part of the page opens, the signing widget moves there, and what came of it stays on the page.
export function signAndSend({ place, name, one, card, make, done, tell }) {
  const part = place.querySelector(`[data-${name === "withdraw" ? "withdrawing" : "redealing"}]`);
  const box = place.querySelector("[data-sign]");
  const home = box.parentElement.matches("[data-signs-here]") ? null : document.createComment("sign");
  if (home) box.replaceWith(home);
  part.querySelector("[data-signs-here]").append(box);
  part.hidden = false;
  part.querySelector("h2").focus();
  const close = () => {
    part.hidden = true;
    signer(box).close();
    home?.replaceWith(box);
    card.querySelector("h2").focus();
  };
  part.querySelector(`[data-${name}-no]`).onclick = close;
  part.querySelector(`[data-${name}-go]`).onclick = ({ currentTarget }) => once(currentTarget, tell, async () => {
    const made = await make(part);
    const signature = await signer(box).sign(made.payload_type, new TextEncoder().encode(made.object));
    const answer = await send({ place, url: place.dataset.sendUrl, json: { object: made.object, signature, previous: one.manifest }, tell });
    if (answer.status >= 300) return tell(told(answer));
    const words = await done(made, answer, signature);
    close();
    return tell(words, "empty");
  });
}

// A bidder brings its own key when too few openers can: the server compares it with the commitment, and so does this page.
export function rescue({ place, seal, one, tell }) {
  const part = place.querySelector("[data-rescue]");
  if (!part || one?.status !== "logged") return;
  part.hidden = false;
  const signs = signer(part.querySelector("[data-sign]"));
  part.querySelector("[data-rescue-go]").addEventListener("click", ({ currentTarget }) => once(currentTarget, tell, async () => {
    const { identity } = await keyIn(seal, part.querySelector("#rescue_file"), one.recipient);
    const signature = await signs.sign("vitrina/sobre/v1", new TextEncoder().encode(one.manifest));
    const answer = await send({ place, url: place.dataset.backupUrl, json: { object: one.manifest, identity, signature }, tell });
    if (answer.status >= 300) return tell(told(answer));
    part.hidden = true;
    return tell(say("rescued", { hour: hour(now(), place.dataset.zone) }), "empty");
  }));
}
