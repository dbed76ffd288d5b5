// SPDX-License-Identifier: Apache-2.0
// What a signature covers: the DSSE pre-authentication encoding. Source: DSSE v1.0; sealed-bids, section 3.
import { concat, utf8 } from "./bytes.js";

export const BID = "vitrina/sobre/v1";
export const WITHDRAWAL = "vitrina/sobre/v1/retiro";
export const REDEAL = "vitrina/sobre/v1/reparto";

/** @param {string} type @param {Uint8Array|string} body a text counts as UTF-8 @returns {Uint8Array} */
export function pae(type, body) {
  const bytes = typeof body === "string" ? utf8(body) : body;
  return concat(`DSSEv1 ${utf8(type).length} ${type} ${bytes.length} `, bytes);
}
