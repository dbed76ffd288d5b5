// SPDX-License-Identifier: Apache-2.0
// After the opening, in the bidder's own browser: was its envelope opened with the key that it committed to, and read as it was sealed?
import { draw, number, say } from "./page-tools.js";

// Fills the list of a receipt's card with what was found, and says whether it did. `url`: the public JSON of the opening; `one`: the receipt.
export async function verdictOf({ one, stands, url, seal, card }) {
  const list = card.querySelector("[data-verdict]");
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) return false;
  const { envelopes, phase } = await answer.json();
  const isUntold = phase === "cancelled" && !envelopes.length; // of no envelope it is public yet whose it is
  const lines = isUntold ? [["open", say("verdict_unexplained")]] : await found(one, stands, envelopes.find(({ c }) => c === one.c), seal);
  list.replaceChildren(...lines.map(([kind, text]) => {
    const row = draw("verdict-model", { said: text });
    row.className = kind;
    return row;
  }));
  list.hidden = false;
  return true;
}

async function found(one, stands, shown, seal) {
  if (!shown) return [["bad", say("verdict_missing")]];
  if (shown.object !== one.manifest) return [["bad", say("verdict_not_manifest")]];
  const closed = { superseded: "verdict_replaced", withdrawn: "verdict_withdrawn", late: "verdict_late", kept_closed: "verdict_kept_closed" }[shown.state];
  if (closed) return [[stands && !["late", "kept_closed"].includes(shown.state) ? "bad" : "", say(closed)], ["", say("verdict_manifest")]];
  if (shown.result === "unopenable") return [["bad", say("verdict_not_opened", { reason: shown.reason })], ["", say("verdict_manifest")]];
  if (shown.result !== "opened") return [["open", say("verdict_wait")]];
  const lines = [await keyLine(one, shown, seal), ["", say("verdict_manifest")]];
  if (one.summary) {
    const sealed = JSON.stringify(one.summary.lines.map(({ line, unit_price: price }) => [line, price]));
    const read = JSON.stringify(shown.lines.map(({ line, unit_price: price }) => [line, price]));
    const same = sealed === read && one.summary.total === shown.total;
    lines.push(same ? ["", say("verdict_prices")] : ["bad", say("verdict_not_prices")]);
  }
  if (one.index !== undefined) lines.push(["", say("verdict_time", { n: number(one.index + 1) })]);
  return lines;
}

// The published key must be the one committed to; where the openers' shares were enough, it must come out of them too.
async function keyLine(one, shown, seal) {
  const { ocid, recipient, key_commit: committed, k } = seal.parseObject(one.manifest);
  const fits = seal.keyCommit(seal.context(ocid, recipient), seal.secretOf(shown.identity)) === committed;
  const shares = shown.shares.map(seal.unhex);
  const { opened, same_identity: same } = shares.length < k ? { opened: true } : await seal.verifyOpened({ manifest: one.manifest, shares, identity: shown.identity });
  return fits && opened && same !== false ? ["", say("verdict_key")] : ["bad", say("verdict_not_key")];
}
