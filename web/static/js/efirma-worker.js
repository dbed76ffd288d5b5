// SPDX-License-Identifier: Apache-2.0
// The only place where a private key is open: decrypts a .key, checks that it belongs to the .cer, signs. Answers facts and
// signatures, never key or password. Source: efirma, section 2; RFC 8018 (PBES2).
import { pae } from "./bytes.js";
import { certificate, element, inside, modulusOf, octets, oid, whole } from "./der.js";

const PBES2 = "1.2.840.113549.1.5.13", PBKDF2 = "1.2.840.113549.1.5.12", DES3 = "1.2.840.113549.3.7";
const AES = { "2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32 };
const PRF = { "1.2.840.113549.2.7": "SHA-1", "1.2.840.113549.2.9": "SHA-256", "1.2.840.113549.2.10": "SHA-384", "1.2.840.113549.2.11": "SHA-512" };
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const LARGEST = 64 * 1024; // bytes of a .cer or a .key: real ones have two thousand
const MOST_ROUNDS = 10_000_000;
const MIN_BITS = 2048;
let opened = null; // { key: CryptoKey that cannot be exported, spki }

class Fault extends Error {
  constructor(code) { super(code); this.code = code; }
}

async function bytesOf(file, code) {
  if (!file.size || file.size > LARGEST) throw new Fault(code);
  return new Uint8Array(await file.arrayBuffer());
}

/** Facts of the certificate; refuses what cannot sign at `now` (milliseconds): seals, other kinds, out of date, short keys. */
function usable(bytes, now) {
  let found;
  try {
    found = certificate(bytes);
  } catch {
    throw new Fault(isEncryptedKey(bytes) ? "swapped" : "not-certificate");
  }
  if (found.kind !== "efirma") throw new Fault(found.kind === "csd" ? "csd" : "not-efirma");
  if (found.modulus.length * 8 < MIN_BITS) throw new Fault("weak");
  if (now < Date.parse(found.since)) throw new Fault("not-yet");
  if (now > Date.parse(found.until)) throw new Fault("expired");
  return found;
}

function told({ kind, number, name, rfc, representative, since, until, der }) {
  return { kind, number, name, rfc, representative, since, until, der: der.slice() };
}

function isEncryptedKey(bytes) {
  try {
    const [algorithm, data] = inside(element(bytes));
    return Boolean(oid(inside(algorithm)[0]) && octets(data));
  } catch {
    return false;
  }
}

/** forge, for what WebCrypto does not have. Its bundle looks for `window`. */
async function forge() {
  self.window ??= self;
  await import(new URL("../vendor/forge.min.js", import.meta.url).href);
  return self.forge;
}

const binary = (bytes) => String.fromCharCode(...bytes);
const unbinary = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** How a key is locked: {salt, rounds, hash, iv, cipher, size}; nothing when it is not PBES2. */
function lock(algorithm) {
  const [name, parameters] = inside(algorithm);
  if (oid(name) !== PBES2) return null;
  const [derivation, encryption] = inside(parameters).map((node) => inside(node));
  if (oid(derivation[0]) !== PBKDF2) throw new Fault("not-key");
  const [salt, rounds, ...rest] = inside(derivation[1]);
  const prf = rest.find((node) => node.tag === 0x30);
  const hash = prf ? PRF[oid(inside(prf)[0])] : "SHA-1";
  const cipher = oid(encryption[0]);
  const size = cipher === DES3 ? 24 : AES[cipher];
  if (!hash || !size || whole(rounds) > MOST_ROUNDS) throw new Fault("not-key");
  return { salt: octets(salt), rounds: whole(rounds), hash, iv: octets(encryption[1]), cipher, size };
}

async function derive(password, { salt, rounds, hash, size }) {
  const base = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt, iterations: rounds }, base, size * 8));
}

/** The bytes of the key, or nothing when the padding shows that the password is wrong. */
async function unlock(data, how, password) {
  const secret = await derive(password, how);
  try {
    if (how.cipher !== DES3 && how.size !== 24) { // browsers lack 3DES, and some AES of 192 bits
      const key = await crypto.subtle.importKey("raw", secret, "AES-CBC", false, ["decrypt"]);
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: how.iv }, key, data).catch(() => new ArrayBuffer(0)));
    }
    const { cipher, util } = await forge();
    const decipher = cipher.createDecipher(how.cipher === DES3 ? "3DES-CBC" : "AES-CBC", binary(secret));
    decipher.start({ iv: binary(how.iv) });
    decipher.update(util.createBuffer(binary(data)));
    return decipher.finish() ? unbinary(decipher.output.getBytes()) : new Uint8Array(0);
  } finally {
    secret.fill(0);
  }
}

/** Older ways of locking a key (PBES1): all of it is forge's. */
async function unlockOld(bytes, password) {
  const { asn1, pki } = await forge();
  try {
    const info = pki.decryptPrivateKeyInfo(asn1.fromDer(binary(bytes)), binary(password));
    return info ? unbinary(asn1.toDer(info).getBytes()) : new Uint8Array(0);
  } catch (error) {
    if (/Unsupported|not supported/i.test(error.message)) throw new Fault("not-key");
    return new Uint8Array(0);
  }
}

function isPrivateKey(bytes) {
  try {
    return modulusOf(bytes).length > 0;
  } catch {
    return false;
  }
}

/** PKCS#8 bytes of a .key; the password is tried as UTF-8, then as the Latin-1 that old programs wrote. */
async function decrypted(bytes, password) {
  let algorithm, data;
  try {
    [algorithm, data] = inside(element(bytes));
    data = octets(data);
  } catch {
    throw new Fault("not-key");
  }
  const how = lock(algorithm);
  const tries = [password];
  const words = new TextDecoder().decode(password);
  if (/[\x80-\xff]/.test(words) && /^[\x00-\xff]*$/.test(words)) tries.push(unbinary(words));
  for (const one of tries) {
    const plain = how ? await unlock(data, how, one) : await unlockOld(bytes, one);
    if (isPrivateKey(plain)) return plain;
    plain.fill(0);
  }
  throw new Fault("password");
}

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const operations = {
  async read({ cer, now }) {
    return told(usable(await bytesOf(cer, "not-certificate"), now));
  },

  async open({ cer, key, password, now }) {
    const found = usable(await bytesOf(cer, "not-certificate"), now);
    const locked = await bytesOf(key, "not-key");
    let plain = new Uint8Array(0);
    try {
      plain = await decrypted(locked, password);
      if (!same(modulusOf(plain), found.modulus)) throw new Fault("pair");
      opened = { key: await crypto.subtle.importKey("pkcs8", plain, RSA, false, ["sign"]), spki: found.spki.slice() };
    } finally {
      plain.fill(0);
      locked.fill(0);
      password.fill(0);
    }
    return told(found);
  },

  async sign({ payloadType, body }) {
    if (!opened) throw new Fault("closed");
    const signed = pae(payloadType, body);
    const value = await crypto.subtle.sign(RSA, opened.key, signed);
    const public_ = await crypto.subtle.importKey("spki", opened.spki, RSA, false, ["verify"]);
    if (!(await crypto.subtle.verify(RSA, public_, value, signed))) throw new Fault("pair");
    return value;
  },
};

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, answer: await operations[data.op](data) });
  } catch (error) {
    postMessage({ id: data.id, code: error instanceof Fault ? error.code : "failed", detail: error instanceof Fault ? "" : String(error) });
  } finally {
    data.password?.fill(0);
  }
});
