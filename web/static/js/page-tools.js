// SPDX-License-Identifier: Apache-2.0
// What the pages of sealed bids share: the server's words, asking the server, saving a file, printing one sheet, drawing from a <template>.
export const english = document.documentElement.lang.startsWith("en");
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
export const data = (id) => read(id);
const words = read("words") ?? {};

// A sentence of the server's, with its {places} filled.
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The server's clock: what it said when the page was made, and what has passed here since.
const arrived = performance.getEntriesByType("navigation")[0]?.responseStart || 0;
let said = Date.now() - (performance.now() - arrived);
export function setClock(instant, at = arrived) { said = Date.parse(instant) - (at - arrived); }
export const now = () => new Date(said + performance.now() - arrived);

function moment(at, zone, form) {
  return new Intl.DateTimeFormat(english ? "en-US" : "es-MX", { timeZone: zone, hourCycle: "h23", ...form }).format(new Date(at));
}
export const hour = (at, zone) => `${moment(at, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" })}\u00a0h`;
export const dayHour = (at, zone) => `${moment(at, zone, { day: "numeric", month: "long", year: "numeric" })}, ${hour(at, zone)}`;
export const number = (n, decimals = 0) => n.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
export function size(bytes) {
  const [unit, scale] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e6 ? ["MB", 1e6] : bytes >= 1e3 ? ["KB", 1e3] : ["bytes", 1];
  return `${number(bytes / scale, scale > 1e3 ? 1 : 0)}\u00a0${unit}`;
}
export const shortDigest = (hex) => hex.slice(0, 12).replace(/(.{4})(?=.)/g, "$1 ");

// The line is cut, or the server is away: worth trying again. A refusal is an answer, and never comes here.
export class Cut extends Error {}

// (status, body as JSON or null) of a request; `Cut` when there was no answer, or the server says to come back.
export async function ask(url, { method = "GET", json, body, signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (body) headers["Content-Type"] = "application/octet-stream";
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: json === undefined ? body : JSON.stringify(json), signal, cache: "no-store", redirect: "error" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Cut(url);
  }
  if (answer.status === 429 || answer.status >= 500) throw new Cut(`${answer.status}`);
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  return { status: answer.status, body: isJson ? await answer.json() : null };
}

// Tries until there is an answer. `onCut(since)` each time the line is found cut, `onBack()` when it is back.
export async function askUntil(url, options, { onCut, onBack, every = 3000 } = {}) {
  for (let since = null; ; await wait(every)) {
    try {
      const answer = await ask(url, options);
      if (since) onBack?.();
      return answer;
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      since ??= now();
      onCut?.(since);
    }
  }
}

// The words of a refusal: `{errors: [{code, message, field}]}`.
export const refusals = (answer) => answer.body?.errors ?? [{ code: "refused", message: say("refused", { status: answer.status }) }];

export function download(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Prints one sheet (an element of main marked data-sheet) and nothing else of the page.
export function printSheet(sheet) {
  document.documentElement.dataset.printing = "sheet";
  sheet.dataset.printed = "";
  const over = () => { delete document.documentElement.dataset.printing; delete sheet.dataset.printed; };
  addEventListener("afterprint", over, { once: true });
  print();
}

// A copy of <template id>, with the text of each [data-f] taken from `values`; an empty or absent value hides its [data-if].
export function draw(id, values) {
  const made = document.getElementById(id).content.firstElementChild.cloneNode(true);
  fill(made, values);
  return made;
}

export function fill(place, values) {
  for (const slot of place.querySelectorAll("[data-f]")) if (slot.dataset.f in values) slot.textContent = values[slot.dataset.f] ?? "";
  for (const part of place.querySelectorAll("[data-if]")) if (part.dataset.if in values) part.hidden = !values[part.dataset.if];
}

// Errors as every form of Vitrina tells them: a summary on top, linked to the fields, and the words beside each field.
export function showErrors(summary, errors) {
  const form = summary.parentElement;
  for (const old of form.querySelectorAll(".err[data-made]")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) { field.removeAttribute("aria-invalid"); field.setAttribute("aria-describedby", field.dataset.described ?? ""); }
  summary.hidden = !errors.length;
  if (!errors.length) return;
  summary.querySelector("h2").textContent = errors.length === 1 ? say("one_error") : say("many_errors", { n: errors.length });
  summary.querySelector("ul").replaceChildren(...errors.map((error) => {
    const item = document.createElement("li");
    const field = error.field && document.getElementById(error.field);
    if (!field && !error.url) { item.textContent = error.message; return item; }
    if (!field) { item.append(confirmLink(error)); return item; }
    const link = document.createElement("a");
    [link.href, link.textContent] = [`#${error.field}`, error.message];
    item.append(link);
    beside(field, error.message);
    field.addEventListener("input", () => { item.remove(); mended(field, summary); }, { once: true });
    return item;
  }));
  summary.focus();
}

// A refusal that is mended on another page: the link opens it beside this one, which keeps what was begun.
export function confirmLink({ url, message }) {
  const link = document.createElement("a");
  [link.href, link.textContent, link.target] = [url, message, "_blank"];
  return link;
}

// What is being corrected is no longer told off; whether it is right now is said when it is sent.
function mended(field, summary) {
  document.getElementById(`${field.id}_error`)?.remove();
  field.removeAttribute("aria-invalid");
  field.setAttribute("aria-describedby", field.dataset.described ?? "");
  const left = summary.querySelectorAll("li").length;
  if (!left) summary.hidden = true;
  summary.querySelector("h2").textContent = left === 1 ? say("one_error") : say("many_errors", { n: left });
}

function beside(field, message) {
  const words = document.createElement("span");
  [words.className, words.id, words.textContent] = ["err", `${field.id}_error`, message];
  words.dataset.made = "";
  field.dataset.described ??= field.getAttribute("aria-describedby") ?? "";
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${words.id} ${field.dataset.described}`.trim());
  const label = document.querySelector(`label[for="${field.id}"]`);
  if (field.type === "checkbox") label.before(words); else label ? label.after(words) : field.before(words);
}
