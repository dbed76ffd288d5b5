// SPDX-License-Identifier: Apache-2.0
// What an envelope holds: the padded index (file 0), respuestas.json (file 1), the documents. Spec: sealed-bids, section 4.2.
import { HEX32, text, utf8 } from "./bytes.js";
import { jcs, parseCanonical } from "./jcs.js";

export const BLOCK = 4096;
const PLACES = 6;
const LONGEST = 255; // of a name or a media type
export const ANSWERS = "respuestas.json";
const DECIMAL = /^(0|[1-9]\d{0,17})(\.\d{1,6})?$/;

/**
 * @typedef {{name: string, media_type: string, sha256: string, size: number}} Described in plaintext terms
 * @typedef {{line: number, quantity: string, unit_price: string, amount: string}} Line of the offer, decimal strings
 * @typedef {{currency: string, total: string, lines: Line[]}} Offer
 * @typedef {{v: 1, files: Described[], offer: Offer|null, pad: string}} Index
 */

function units(decimal, places) {
  if (!DECIMAL.test(decimal)) throw new TypeError(`not a decimal: ${decimal}`);
  const [whole, part = ""] = decimal.split(".");
  if (part.length > places) throw new RangeError(`more than ${places} decimals: ${decimal}`);
  return BigInt(whole + part.padEnd(places, "0"));
}

const money = (centavos) => `${centavos / 100n}.${String(centavos % 100n).padStart(2, "0")}`;

/** quantity × unit price, to the centavo, halves up, exactly. @param {string} quantity @param {string} unitPrice decimals @returns {string} "0.00" */
export function amountOf(quantity, unitPrice) {
  const scale = 10n ** 10n; // 6 + 6 decimals, less the two kept
  return money((units(quantity, PLACES) * units(unitPrice, PLACES) + scale / 2n) / scale);
}

/**
 * The offer of an index from what was typed. @param {{line: number, quantity: string, unit_price: string}[]} lines @param {string} [currency]
 * @returns {Offer} amounts and total computed. Throws TypeError or RangeError naming the decimal that is none.
 */
export function offerOf(lines, currency = "MXN") {
  const priced = lines.map(({ line, quantity, unit_price }) => ({ line, quantity, unit_price, amount: amountOf(quantity, unit_price) }));
  return { currency, total: money(priced.reduce((sum, { amount }) => sum + units(amount, 2), 0n)), lines: priced };
}

const named = (value) => typeof value === "string" && [...value].length <= LONGEST;

function checkOffer(offer) {
  if (offer === null) return; // an envelope without prices
  const keys = (value, wanted) => value && Object.keys(value).sort().join() === wanted;
  const whole = keys(offer, "currency,lines,total") && /^[A-Z]{3}$/.test(offer.currency) && Array.isArray(offer.lines);
  if (!whole) throw new TypeError("an offer has currency, total and lines");
  if (new Set(offer.lines.map(({ line }) => line)).size !== offer.lines.length) throw new TypeError("a line of the offer comes twice");
  units(offer.total, PLACES);
  for (const one of offer.lines) {
    if (!keys(one, "amount,line,quantity,unit_price") || !Number.isSafeInteger(one.line) || one.line < 1) throw new TypeError("a line has line, quantity, unit_price and amount");
    units(one.quantity, PLACES);
    units(one.unit_price, PLACES);
    units(one.amount, PLACES);
  }
}

/** The bytes of file 0: a multiple of 4,096. @param {Described[]} files of ciphertexts 1.. in order @param {Offer|null} offer @returns {Uint8Array} Throws as parseIndex. */
export function buildIndex(files, offer) {
  const bare = { v: 1, files, offer, pad: "" };
  const length = utf8(jcs(bare)).length;
  const bytes = utf8(jcs({ ...bare, pad: " ".repeat((BLOCK - (length % BLOCK)) % BLOCK) }));
  parseIndex(bytes);
  return bytes;
}

/** @param {Uint8Array} bytes @returns {Index} Throws SyntaxError or TypeError for what is no index. */
export function parseIndex(bytes) {
  const index = parseCanonical(text(bytes));
  const keys = Object.keys(index ?? {}).sort().join();
  if (keys !== "files,offer,pad,v" || index.v !== 1 || bytes.length % BLOCK || !/^ *$/.test(index.pad)) throw new TypeError("not an index of sobre/v1");
  for (const file of index.files) {
    const right = Object.keys(file).sort().join() === "media_type,name,sha256,size" && named(file.name) && file.name && named(file.media_type);
    if (!right || !HEX32.test(file.sha256) || !Number.isSafeInteger(file.size) || file.size < 0) throw new TypeError("a file of the index is not described");
  }
  checkOffer(index.offer);
  return index;
}

/** The bytes of file 1. @param {Object<string, string>} responses criterion number -> text @param {string} statement @returns {Uint8Array} */
export const buildAnswers = (responses, statement) => utf8(jcs({ v: 1, responses, statement }));

/** @param {Uint8Array} bytes @returns {{v: 1, responses: Object<string, string>, statement: string}} Throws SyntaxError or TypeError. */
export function parseAnswers(bytes) {
  const answers = parseCanonical(text(bytes));
  if (Object.keys(answers ?? {}).sort().join() !== "responses,statement,v" || answers.v !== 1) throw new TypeError("not the answers of an envelope");
  return answers;
}

/** A name as it travels inside the envelope: composed letters, no folders, no hidden signs, at most 255. @param {string} name @returns {string} */
export function cleanName(name) {
  const kept = [...name.normalize("NFC").replace(/^.*[\\/]/, "").replace(/\p{C}/gu, "").trim()];
  return kept.slice(-LONGEST).join("") || "documento"; // the end says what kind of file it is
}
