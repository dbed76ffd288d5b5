// SPDX-License-Identifier: Apache-2.0
// An envelope that was closed on another device, without a connection, is signed and sent from here. Spec: sealed-bids, section 12.
import { say, showErrors, size } from "./page-tools.js";

// `run(bid)` signs, registers and shows the receipt, as for an envelope closed on this page.
export function bringOffline({ form, tender, seal, signs, panel, run }) {
  const part = form.querySelector("[data-offline]");
  const button = part.querySelector("[data-offline-go]");
  const input = part.querySelector("#offline_files");
  const words = form.querySelector("[data-draft-words]");
  const wrong = (message, field = input.id) => showErrors(form.querySelector("[data-summary]"), [{ field, message }]);

  async function bring() {
    const made = await seal.bringSealed({ files: [...input.files], context: tender, onProgress: ({ done, total }) => { words.textContent = say("offline_reading", { done: size(done), all: size(total) }); } });
    const former = made.replaces ? await seal.envelopes.load(made.replaces) : null;
    if (made.replaces && !former) return wrong(say("offline_replaces"));
    input.value = "";
    return run({ made, offer: null, files: [], replaces: former });
  }

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    if (!input.files.length) return wrong(say("offline_none"));
    if (!panel.isRight()) return wrong(say("panel_wrong"), "");
    if (!signs.ready()) return wrong(say("sign_missing"), form.querySelector("[data-sign] input:not([type=hidden])")?.id);
    button.setAttribute("aria-busy", "true");
    await bring().catch((error) => {
      if (error.name !== "BringError") throw error;
      wrong(say(`offline_${error.code}`, { detail: error.detail }));
    });
    button.removeAttribute("aria-busy");
  });
}
