// SPDX-License-Identifier: Apache-2.0
// The opener's side: make a key, lock it, prove it, keep it on paper, give shares at the opening. Spec: sealed-bids, sections 2, 6 and 8.
import { b64, random, unb64 } from "./bytes.js";
import { ask } from "./engine.js";
import { fingerprint, identityOf, newSecret, secretOf } from "./keys.js";
import { SHARE, context, shareCommit } from "./shares.js";

const CONSONANTS = "bcdfglmnprstvz";
const VOWELS = "aeiou";
const GROUP = 4;

/** The same passphrase typed on another keyboard. @param {string} typed @returns {string} */
const spoken = (typed) => typed.normalize("NFKC").trim().replace(/\s+/g, " ");

function below(limit) {
  for (;;) {
    const [byte] = random(1);
    if (byte < 256 - (256 % limit)) return byte % limit;
  }
}

/** A passphrase that can be said aloud: five invented words of three syllables, 92 bits. @returns {string} */
export function suggestPassphrase() {
  const word = () => Array.from({ length: 3 }, () => CONSONANTS[below(CONSONANTS.length)] + VOWELS[below(VOWELS.length)]).join("");
  return Array.from({ length: 5 }, word).join(" ");
}

/** @typedef {{identity: string, recipient: string, fingerprint: string}} OpenerKey */

async function whole(identity) {
  secretOf(identity);
  const recipient = await ask("recipient", { identity });
  return { identity, recipient, fingerprint: fingerprint(recipient) };
}

export const openerKey = {
  /** @returns {Promise<OpenerKey>} made here; the identity is for `lock` and the paper, never for the server */
  generate: () => whole(identityOf(newSecret())),

  /** @param {string} identity @param {string} passphrase @param {number} [work] log2 of scrypt's rounds @returns {Promise<string>} base64 of an age file */
  lock: async (identity, passphrase, work) => b64(await ask("lock", { identity, passphrase: spoken(passphrase), work })),

  /** @param {string} locked base64 @param {string} passphrase @returns {Promise<OpenerKey>} Rejects with Error for a wrong passphrase. */
  unlock: async (locked, passphrase) => whole(await ask("unlock", { locked: unb64(locked), passphrase: spoken(passphrase) })),

  /** Answer a challenge: what was encrypted to this key. @param {string} identity @param {string} challenge base64 of an age file @returns {Promise<string>} base64 of the token */
  answer: async (identity, challenge) => b64(await ask("decrypt", { identity, data: unb64(challenge) })),

  /** The identity as it is printed: groups of four. @param {string} identity @returns {string[]} */
  groups: (identity) => identity.match(new RegExp(`.{1,${GROUP}}`, "g")),

  /**
   * The recovery sheet as plain text. @param {OpenerKey} key @param {{name: string, body?: string, role_name?: string, at?: Date}} about @returns {string}
   */
  recoverySheet(key, { name, body = "", role_name = "", at = new Date() }) {
    const rows = openerKey.groups(key.identity);
    const lines = Array.from({ length: Math.ceil(rows.length / 5) }, (_, i) => rows.slice(5 * i, 5 * i + 5).join(" "));
    return [
      "VITRINA. HOJA DE RECUPERACIÓN DE UNA LLAVE DE APERTURA",
      "",
      `${[name, role_name, body].filter(Boolean).join(", ")}. ${at.toISOString().slice(0, 10)}`,
      `Huella: ${key.fingerprint}`,
      `Llave pública: ${key.recipient}`,
      "",
      "Llave secreta (con ella y otra llave se abren los sobres):",
      ...lines,
      "",
      "Guárdela en papel y bajo llave. No la fotografíe ni la envíe. Si la pierde, avise: se registra otra.",
      "",
    ].join("\n");
  },

  /** The key from what was typed or pasted from the sheet. @param {string} typed @returns {Promise<OpenerKey>} Rejects with Error: a letter is wrong or missing. */
  async fromSheet(typed) {
    const plain = typed.toUpperCase().replace(/\s+/g, "");
    const at = plain.indexOf("AGE-SECRET-KEY-1");
    if (at < 0) throw new Error("no key in this text");
    return whole(plain.slice(at, at + 74)); // 74 signs; the last six say whether the rest was copied well
  },
};

/** @param {string} identity @param {string} age base64 @returns {Promise<Uint8Array>} 33 bytes. Rejects with Error when it is not for this key. */
export async function decryptShare(identity, age) {
  const share = await ask("decrypt", { identity, data: unb64(age) });
  if (share.length !== SHARE) throw new Error("not a share");
  return share;
}

/**
 * One's shares of the envelopes of a round. @param {string} identity @param {string} ocid
 * @param {{c: string, age: string, recipient: string, commit: string}[]} wanted GET .../llaves/datos/ `wanted.envelopes`
 * @param {(at: {done: number, total: number}) => void} [onProgress]
 * @returns {Promise<{shares: Object<string, string>, bad: {c: string, reason: "commitment"|"undecipherable"}[]}>} shares in base64, by c;
 *   a share that its dealer made wrong is given as it is (the opening needs the proof) and told in `bad`
 */
export async function decryptShares(identity, ocid, wanted, onProgress = () => {}) {
  const shares = {};
  const bad = [];
  for (const [done, { c, age, recipient, commit }] of wanted.entries()) {
    onProgress({ done, total: wanted.length });
    try {
      const share = await decryptShare(identity, age);
      shares[c] = b64(share);
      if (shareCommit(context(ocid, recipient), share) !== commit) bad.push({ c, reason: "commitment" });
    } catch (error) {
      if (error.name === "WorkerError") throw error;
      bad.push({ c, reason: "undecipherable" });
    }
  }
  onProgress({ done: wanted.length, total: wanted.length });
  return { shares, bad };
}
