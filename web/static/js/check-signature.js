// SPDX-License-Identifier: Apache-2.0
// Checks in the visitor's browser that a signature covers the text that was signed: digest, then RSA, ECDSA or Ed25519 by WebCrypto.
// Whether the certificate was good on that day, the act tells; this proves that nobody changed text, signature or certificate since.
import { fromBase64, jcs, pae, sha256, toBase64Url, toHex } from "./bytes.js";
import { certificate, element, inside } from "./der.js";

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const ALGORITHMS = {
  "RSASSA-PKCS1-v1_5-SHA256": [RSA, RSA],
  RS256: [RSA, RSA],
  ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
  EdDSA: [{ name: "Ed25519" }, { name: "Ed25519" }],
};
const PRESENT_AND_VERIFIED = 0x05;

/** r and s side by side, as WebCrypto wants them, from the DER that devices give. */
function plainEcdsa(der) {
  const half = (node) => {
    const bytes = node.body[0] === 0 ? node.body.subarray(1) : node.body;
    const all = new Uint8Array(32);
    all.set(bytes, 32 - bytes.length);
    return all;
  };
  const [r, s] = inside(element(der)).map(half);
  return new Uint8Array([...r, ...s]);
}

async function joined(first, second) {
  const all = new Uint8Array(first.length + second.byteLength);
  all.set(first);
  all.set(new Uint8Array(second), first.length);
  return all;
}

/** What a passkey signed: its own data and the digest of the client's, whose challenge must be the digest of `signed`. */
async function assertion(record, signed) {
  const data = fromBase64(record.authenticator_data);
  const client = fromBase64(record.client_data);
  const told = JSON.parse(new TextDecoder().decode(client));
  const challenge = toBase64Url(await sha256(signed));
  const verified = (data[32] & PRESENT_AND_VERIFIED) === PRESENT_AND_VERIFIED;
  if (told.type !== "webauthn.get" || told.challenge !== challenge || !verified) return null;
  return joined(data, await sha256(client));
}

/** Whether a record signs these bytes. False for anything that does not hold. */
export async function holds(record, body) {
  try {
    if (toHex(await sha256(body)) !== record.payload_sha256) return false;
    const spki = record.cert ? certificate(fromBase64(record.cert)).spki : fromBase64(record.public_key);
    const [wanted, how] = ALGORITHMS[record.alg];
    const key = await crypto.subtle.importKey("spki", spki, wanted, false, ["verify"]);
    const signed = pae(record.payload_type, body);
    const covered = record.kind === "passkey" ? await assertion(record, signed) : signed;
    const value = fromBase64(record.value);
    return Boolean(covered) && await crypto.subtle.verify(how, key, record.alg === "ES256" ? plainEcdsa(value) : value, covered);
  } catch {
    return false;
  }
}

for (const box of document.querySelectorAll("[data-check-signature]")) {
  const button = box.querySelector("button");
  const words = box.querySelector("[data-check-words]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    let said = "unreachable";
    try {
      const [evidence, payload] = await Promise.all([box.dataset.evidence, box.dataset.payload].map((address) => fetch(address)));
      if (evidence.ok && payload.ok) {
        const { signature } = await evidence.json();
        const body = new Uint8Array(await payload.arrayBuffer());
        const written = JSON.parse(new TextDecoder().decode(body));
        const same = jcs(written) === new TextDecoder().decode(body) && written.ocid === box.dataset.ocid;
        said = same && await holds(signature, body) ? "holds" : "differs";
      }
    } catch { /* told below */ }
    words.textContent = box.dataset[said];
    words.classList.toggle("err", said === "differs");
    button.removeAttribute("aria-busy");
  });
}
