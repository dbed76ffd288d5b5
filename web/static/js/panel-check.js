// SPDX-License-Identifier: Apache-2.0
// Who can open the envelope, checked before it is sealed: the call that names them and the registration of each key, in the public log.
// A server that swapped a key would have to swap it in the register too, where its owner sees it. Spec: sealed-bids, section 5.1.
import { ask, hour, now, say, wait } from "./page-tools.js";
import { Mismatch, provenAct } from "./proof-check.js";

const EVERY = 5000;

// Follows the panel of the page. `isRight()`: every key was found in the register as the page names it.
export function checkPanel({ place, tender, zone, dataUrl }) {
  const words = place.querySelector("[data-panel-state]");
  const row = (id) => place.querySelector(`[data-opener="${CSS.escape(id)}"]`);
  let right = false;

  // The openers of the call, after every replacement that the page tells of, by key.
  async function named() {
    const call = await provenAct(tender.call_position);
    if (call.type !== "call.published" || call.ocid !== tender.ocid) throw new Mismatch("that act is not the call of this purchase");
    if (call.body.threshold !== tender.k) throw new Mismatch("the call asks for another number of keys");
    const openers = new Map(call.body.openers.map((one) => [one.x, one]));
    for (const position of tender.replaced_positions) {
      const act = await provenAct(position);
      if (act.type !== "opener.replaced" || act.ocid !== tender.ocid) throw new Mismatch("that act replaces nobody here");
      openers.set(act.body.opener.x, act.body.opener);
    }
    return openers;
  }

  async function check() {
    const openers = await named();
    if (openers.size !== tender.panel.length) return tender.panel[0];
    for (const one of tender.panel) {
      const registered = await provenAct(one.position);
      const call = openers.get(one.x);
      const same = call?.key === one.id && call.recipient === one.recipient && call.name === one.name;
      const known = registered.type === "opener.key.registered" && registered.body.key === one.id && registered.body.recipient === one.recipient;
      if (!same || !known) return one;
      row(one.id).className = "";
    }
    return null;
  }

  // A call of a moment ago has no number yet: the page asks again for where its acts stand.
  async function placed() {
    const isPlaced = () => tender.call_position && tender.replaced_positions.every(Boolean) && tender.panel.every(({ position }) => position);
    if (isPlaced()) return true;
    const { status, body } = await ask(dataUrl);
    if (status === 200) Object.assign(tender, { call_position: body.call_position, replaced_positions: body.replaced_positions, panel: body.panel });
    return isPlaced();
  }

  async function run() {
    for (;;) {
      try {
        if (!(await placed())) throw new Error("not placed yet");
        const swapped = await check();
        right = !swapped;
        if (swapped) row(swapped.id).className = "bad";
        words.textContent = swapped ? say("panel_swapped", { name: swapped.name, buyer: tender.buyer }) : say("panel_checked", { hour: hour(now(), zone) });
        words.className = swapped ? "err" : "cap";
        return;
      } catch (error) {
        if (error instanceof Mismatch || error.code) {
          [words.textContent, words.className] = [say("panel_other", { buyer: tender.buyer }), "err"];
          return;
        }
        words.textContent = say("panel_later");
        await wait(EVERY);
      }
    }
  }
  run();
  return { isRight: () => right };
}
