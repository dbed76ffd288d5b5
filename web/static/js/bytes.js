// SPDX-License-Identifier: Apache-2.0
// What is signed, as bytes: base64, hex, canonical JSON of plain values (RFC 8785), the DSSE encoding (sealed-bids, section 3).
const utf8 = new TextEncoder();

/** Base64 of bytes (Uint8Array or ArrayBuffer). */
export function toBase64(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

/** Base64 for addresses, without padding. */
export const toBase64Url = (data) => toBase64(data).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Bytes of base64, of either alphabet. */
export const fromBase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/** Lower-case hex of bytes. */
export const toHex = (data) => [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 of bytes or text, as ArrayBuffer. */
export const sha256 = (data) => crypto.subtle.digest("SHA-256", typeof data === "string" ? utf8.encode(data) : data);

/** RFC 8785 text of a value made of objects, arrays, text, whole numbers, true, false, null. Error: anything else. */
export function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${jcs(key)}:${jcs(value[key])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError("a number that is not whole");
  if (typeof value === "string" && /\p{Cs}/u.test(value)) throw new TypeError("half a character");
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

/** The bytes that a signature covers: `DSSEv1 len type len body`, lengths of bytes. */
export function pae(payloadType, body) {
  const type = utf8.encode(payloadType);
  const head = utf8.encode(`DSSEv1 ${type.length} ${payloadType} ${body.length} `);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}
