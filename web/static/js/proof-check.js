// SPDX-License-Identifier: Apache-2.0
// Acts and receipts checked in this browser against the public log: verify.js does the mathematics, here is what to ask for.
import { jcs, sha256, toHex } from "./bytes.js";

const utf8 = new TextEncoder();
let policy = null; // promise of its text: one for the page

// What was shown is not what the register holds; trying again does not mend it.
export class Mismatch extends Error {}

async function text(url) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
  return answer.text();
}

// The act at a place of the register: what it says, once it is proven that the log holds just that. Errors: `Mismatch`, or the
// register's own when a signature or the inclusion does not hold (`code`); others pass by themselves.
export async function provenAct(position) {
  const { verifyProof } = await import("./verify.js");
  policy ??= text("/log/policy").catch((error) => { policy = null; throw error; });
  const [proof, statement, act, keys] = await Promise.all([text(`/log/proof/${position - 1}`), text(`/log/statement/${position - 1}`), text(`/actos/${position}.json`), policy]);
  const { index } = await verifyProof(proof, utf8.encode(statement), keys);
  if (index !== position - 1) throw new Mismatch(`the receipt is not of the act ${position}`);
  const { body } = JSON.parse(act);
  const told = JSON.parse(statement);
  if (toHex(await sha256(jcs(body))) !== told.body.sha256) throw new Mismatch(`the act ${position} is not the one in the register`);
  return { type: told.type, ocid: told.ocid ?? "", body };
}

// Whether the receipt of an envelope proves that the log holds it: `{proof, statement, policy, c}`.
export async function checkProof({ proof, statement, policy: own, c }) {
  const { verifyProof } = await import("./verify.js");
  if (JSON.parse(statement).c !== c) throw new Mismatch("the receipt is of another envelope");
  return verifyProof(proof, utf8.encode(statement), own);
}
