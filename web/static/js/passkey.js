// SPDX-License-Identifier: Apache-2.0
// Passkeys: makes one or signs in with one, and says on the page what went wrong. Forms come from account/passkey.html.
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const decodeIds = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options.publicKey;
}

async function make(options) {
  const user = { ...options.user, id: decode(options.user.id) };
  const authenticatorSelection = { ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  const publicKey = { ...options, user, authenticatorSelection, challenge: decode(options.challenge), excludeCredentials: decodeIds(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  return whole(made, { attestationObject: encode(made.response.attestationObject), transports: made.response.getTransports?.() ?? [] });
}

async function use(options) {
  const publicKey = { ...options, challenge: decode(options.challenge), allowCredentials: decodeIds(options.allowCredentials) };
  const used = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = used.response;
  return whole(used, { authenticatorData: encode(authenticatorData), signature: encode(signature), userHandle: userHandle && encode(userHandle) });
}

function whole(credential, response) {
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: encode(credential.response.clientDataJSON), ...response },
  };
}

function reasonNot() {
  if (/^[\d.]+$|^\[/.test(location.hostname)) return "number";
  return globalThis.PublicKeyCredential ? "" : "old";
}

for (const box of document.querySelectorAll("[data-passkey-box]")) {
  const form = box.querySelector("[data-passkey]");
  const without = box.querySelector("[data-passkey-without]");
  const why = reasonNot();
  if (why) {
    without.textContent = without.dataset[why];
    continue;
  }
  without.remove();
  form.hidden = false;
  const words = form.querySelector("[data-passkey-words]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    words.textContent = "";
    try {
      const options = await optionsOf(form);
      form.elements.credential.value = JSON.stringify(await (form.dataset.passkey === "create" ? make(options) : use(options)));
      form.submit(); // sends without asking again
    } catch (error) {
      const said = { NotAllowedError: "refused", AbortError: "refused", InvalidStateError: "known" }[error.name] ?? "failed";
      words.textContent = form.dataset[said];
      button.removeAttribute("aria-busy");
    }
  });
}
