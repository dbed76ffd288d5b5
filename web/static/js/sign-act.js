// SPDX-License-Identifier: Apache-2.0
// Signs an act on its review page: builds the payload from what the page shows, never from a text that the server typed, signs
// it, and sends form, payload and signature together. The server builds the same from the form and refuses another.
import { jcs, sha256, toHex } from "./bytes.js";
import { signer } from "./sign.js";

export const TYPE = "vitrina/acto/v1";
const LONGEST = 200_000; // of a payload that is sent too, so that a difference can be told
const utf8 = new TextEncoder();
const lines = (text) => text.replace(/\r\n?/g, "\n");

/** What an element shows, with its line breaks. */
function shown(node) {
  if (!node) return "";
  return lines([...node.childNodes].map((one) => (one.nodeName === "BR" ? "\n" : one.nodeType === Node.TEXT_NODE ? one.data : shown(one))).join(""));
}

/** The payload of the act that `form` sends: every label and value of the review, and the digest of the fields sent. */
export async function payloadOf(form) {
  const part = (name) => shown(document.querySelector(`[data-shows="${name}"]`));
  const kept = [...form.querySelectorAll("input[data-kept]")].map((input) => [input.name, lines(input.value)]);
  const fields = [...document.querySelectorAll("[data-shows=fields] > div")]
    .map((row) => ({ label: shown(row.querySelector("dt")), value: shown(row.querySelector("dd")) }));
  return {
    type: TYPE,
    ocid: form.dataset.ocid,
    purchase: part("purchase"),
    command: form.dataset.command,
    act: part("act"),
    consequence: part("consequence"),
    signer: part("signer"),
    fields,
    form_sha256: toHex(await sha256(jcs(kept))),
    token: form.elements.token.value,
  };
}

for (const form of document.querySelectorAll("form[data-sign-act]")) {
  const widget = signer(form.querySelector("[data-sign]"));
  let working = false;
  let signed = false;
  const busy = (on) => {
    working = on;
    for (const button of form.querySelectorAll("button")) on ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", async (event) => {
    if (signed || event.submitter?.name !== "confirm" || widget.how === "none") return;
    event.preventDefault();
    event.stopImmediatePropagation(); // forms.js would take the form for sent
    if (working) return;
    busy(true);
    try {
      const payload = jcs(await payloadOf(form));
      const claim = await widget.sign(TYPE, utf8.encode(payload));
      form.elements.signed.value = payload.length <= LONGEST ? payload : ""; // the signature covers it either way
      form.elements.signature.value = JSON.stringify(claim);
      widget.close();
      signed = true;
      form.requestSubmit(event.submitter);
    } catch (error) {
      if (!error.code) throw error; // the widget has told every other
    } finally {
      busy(signed);
    }
  }, { capture: true });
  addEventListener("pageshow", () => { signed = false; busy(false); });
}
