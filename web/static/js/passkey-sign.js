// SPDX-License-Identifier: Apache-2.0
// Signs with a passkey that the person registered: the challenge is the SHA-256 of the DSSE encoding of what is signed.
import { fromBase64, pae, sha256, toBase64, toBase64Url } from "./bytes.js";
import { SignError, stamp } from "./efirma.js";

const PATIENCE = 120_000; // milliseconds for a finger, a face or a PIN

/** Why passkeys cannot be used on this page: "number" (the address is one), "old" (browser), or nothing. */
export function reasonNot() {
  if (/^[\d.]+$|^\[/.test(location.hostname)) return "number";
  return globalThis.PublicKeyCredential && globalThis.isSecureContext ? "" : "old";
}

/** The claim over `body` (Uint8Array). `credentials`: ids in base64url, as the server knows them. Error: SignError. */
export async function signWithPasskey(payloadType, body, credentials, at = Date.now()) {
  if (reasonNot()) throw new SignError(`passkey-${reasonNot()}`);
  const challenge = await sha256(pae(payloadType, body));
  const allowCredentials = credentials.map((id) => ({ type: "public-key", id: fromBase64(id) }));
  let used;
  try {
    used = await navigator.credentials.get({ publicKey: { challenge, allowCredentials, userVerification: "required", timeout: PATIENCE } });
  } catch (error) {
    throw new SignError(error.name === "NotAllowedError" || error.name === "AbortError" ? "passkey-refused" : "failed", error.message);
  }
  return {
    kind: "passkey",
    payload_type: payloadType,
    credential_id: toBase64Url(used.rawId),
    authenticator_data: toBase64(used.response.authenticatorData),
    client_data: toBase64(used.response.clientDataJSON),
    value: toBase64(used.response.signature),
    signed_at_client: stamp(at),
  };
}
