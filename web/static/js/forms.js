// SPDX-License-Identifier: Apache-2.0
// Forms that lose nothing: drafts are saved by themselves, leaving with changes asks first, a second press does not send twice.
const EVERY = 4000;

document.querySelector("[data-errors]")?.focus({ preventScroll: false });

document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
});

for (const form of document.querySelectorAll("form[data-form]")) {
  const words = form.querySelector("[data-draft-words]");
  let dirty = false;
  let saved = true;
  let sending = false;
  const changed = () => { dirty = true; saved = false; };
  form.addEventListener("input", changed);
  form.addEventListener("vitrina:row", changed);

  form.addEventListener("submit", (event) => {
    if (sending) { event.preventDefault(); return; }
    sending = true;
    form.setAttribute("aria-busy", "true");
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's own button must not find a dead form.
  addEventListener("pageshow", () => { sending = false; form.removeAttribute("aria-busy"); for (const b of form.querySelectorAll("[aria-busy]")) b.removeAttribute("aria-busy"); });
  addEventListener("beforeunload", (event) => {
    if (form.method === "post" && dirty && !saved && !sending) event.preventDefault();
  });

  if (!form.dataset.draftUrl) continue;
  setInterval(async () => {
    if (saved || sending) return;
    saved = true;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    if (words) words.textContent = form.dataset.saving;
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: data, headers: { "X-Draft": "1" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = answer.headers.get("Content-Type")?.includes("json") ? (await answer.json()).saved : "";
      if (words) words.textContent = told ? `${form.dataset.saved} ${told}` : form.dataset.saved;
    } catch {
      saved = false;
      if (words) words.textContent = form.dataset.unsaved;
    }
  }, EVERY);
}
