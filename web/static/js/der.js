// SPDX-License-Identifier: Apache-2.0
// Reads DER: a SAT certificate and an encrypted private key, as far as signing needs. Layout: efirma, section 1; RFC 5280, 8018, 5208.
const OID = {
  name: "2.5.4.41", commonName: "2.5.4.3", unit: "2.5.4.11", unique: "2.5.4.45",
  keyUsage: "2.5.29.15", extendedKeyUsage: "2.5.29.37", basic: "2.5.29.19", rsa: "1.2.840.113549.1.1.1",
};
const SEQUENCE = 0x30, SET = 0x31, INTEGER = 0x02, BITS = 0x03, OCTETS = 0x04, OBJECT = 0x06;

/** One element: `tag`, `body` (its content), `whole` (with tag and length). Error: RangeError for what is not DER. */
export function element(bytes, at = 0) {
  const tag = bytes[at];
  let length = bytes[at + 1];
  let start = at + 2;
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw new RangeError("not DER");
  if (length & 0x80) {
    const count = length & 0x7f;
    if (count < 1 || count > 4) throw new RangeError("not DER");
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + bytes[start + i];
    start += count;
  }
  if (!(start + length <= bytes.length)) throw new RangeError("not DER");
  return { tag, body: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length), end: start + length };
}

/** The elements inside an element that has the wanted tag. */
export function inside(node, tag = SEQUENCE) {
  if (node?.tag !== tag) throw new RangeError("not DER of the wanted kind");
  const found = [];
  for (let at = 0; at < node.body.length; at = found.at(-1).end) found.push(element(node.body, at));
  return found;
}

/** Content of an element of the wanted tag. */
function content(node, tag) {
  if (node?.tag !== tag) throw new RangeError("not DER of the wanted kind");
  return node.body;
}

/** An object identifier as text. */
export function oid(node) {
  const arcs = [];
  let value = 0;
  for (const byte of content(node, OBJECT)) {
    value = value * 128 + (byte & 0x7f);
    if (!(byte & 0x80)) { arcs.push(value); value = 0; }
  }
  const top = Math.min(2, Math.floor(arcs[0] / 40));
  return [top, arcs[0] - 40 * top, ...arcs.slice(1)].join(".");
}

/** A small whole number. */
export function whole(node) {
  const bytes = content(node, INTEGER);
  if (bytes.length > 6 || bytes[0] & 0x80) throw new RangeError("a number that is too large");
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** An octet string. */
export const octets = (node) => content(node, OCTETS);

/** Bytes of a positive number without its leading zero. */
function magnitude(node) {
  const bytes = content(node, INTEGER);
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}

function text(node) {
  const latin = { 0x14: "windows-1252", 0x1e: "utf-16be" }[node.tag]; // SAT writes Ñ and accents as T61String in Latin-1
  return new TextDecoder(latin ?? "utf-8").decode(node.body);
}

function instant(node) {
  const digits = text(node);
  const year = node.tag === 0x17 ? (Number(digits.slice(0, 2)) < 50 ? "20" : "19") + digits : digits;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(year);
  if (!parts) throw new RangeError("not an instant");
  return `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`;
}

function names(node) {
  const found = {};
  for (const set of inside(node)) {
    for (const pair of inside(set, SET)) {
      const [key, value] = inside(pair);
      found[oid(key)] = text(value);
    }
  }
  return found;
}

/** Modulus and exponent of an RSA public key, from its SubjectPublicKeyInfo. */
function publicKey(node) {
  const [algorithm, bits] = inside(node);
  if (oid(inside(algorithm)[0]) !== OID.rsa) throw new RangeError("not an RSA key");
  const [modulus, exponent] = inside(element(content(bits, BITS).subarray(1)));
  return { modulus: magnitude(modulus), exponent: magnitude(exponent) };
}

/** Modulus of an RSA private key, from its PKCS#8 bytes. */
export function modulusOf(pkcs8) {
  const [, algorithm, key] = inside(element(pkcs8));
  if (oid(inside(algorithm)[0]) !== OID.rsa) throw new RangeError("not an RSA key");
  return magnitude(inside(element(octets(key)))[1]);
}

/** DER bytes of a file that holds DER or PEM. */
export function derOf(bytes) {
  if (bytes[0] !== 0x2d) return bytes;
  const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(new TextDecoder().decode(bytes));
  if (!pem) throw new RangeError("not a certificate");
  return Uint8Array.from(atob(pem[1].replace(/\s/g, "")), (c) => c.charCodeAt(0));
}

function extensions(fields) {
  const found = {};
  const holder = fields.find((field) => field.tag === 0xa3);
  for (const one of holder ? inside(inside(holder, 0xa3)[0]) : []) {
    const parts = inside(one);
    found[oid(parts[0])] = element(octets(parts.at(-1)));
  }
  return found;
}

/** What a certificate says. `kind`: efirma, csd (invoice seal) or unknown; `number` of 20 digits; instants ISO in UTC. */
export function certificate(bytes) {
  const der = derOf(bytes);
  const outer = element(der);
  if (outer.end !== der.length) throw new RangeError("more than a certificate");
  const fields = inside(inside(outer)[0]);
  if (fields[0].tag !== 0xa0) throw new RangeError("not a certificate of version 3");
  const [, serial, , , validity, subject, spki] = fields;
  const [since, until] = inside(validity).map(instant);
  const named = names(subject);
  const more = extensions(fields);
  const usage = more[OID.keyUsage] ? content(more[OID.keyUsage], BITS)[1] ?? 0 : 0;
  const enciphers = Boolean(usage & 0x10);
  const isEfirma = OID.extendedKeyUsage in more && enciphers && !(OID.unit in named);
  const isSeal = !(OID.extendedKeyUsage in more) && !enciphers && OID.unit in named;
  const [rfc = "", representative = ""] = (named[OID.unique] ?? "").split("/").map((part) => part.trim().toUpperCase()).filter(Boolean);
  return {
    kind: isEfirma ? "efirma" : isSeal ? "csd" : "unknown",
    number: new TextDecoder("windows-1252").decode(magnitude(serial)),
    name: named[OID.name] ?? named[OID.commonName] ?? "",
    rfc, representative, since, until, der, spki: spki.whole, ...publicKey(spki),
  };
}
