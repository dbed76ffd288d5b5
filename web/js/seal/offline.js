// SPDX-License-Identifier: Apache-2.0
// The page of sellar-sin-conexion.html: context of the purchase in, sealed envelope out, no network. The worker stands in the page.
import { backupText, newEnvelopeKey, sealBid } from "./bid.js";
import { amountOf, offerOf } from "./contents.js";
import { useWorker } from "./engine.js";
import { fingerprint, publicKeyOf } from "./keys.js";
import { parseObject } from "./objects.js";

useWorker(() => {
  const source = new Blob([document.getElementById("worker").textContent], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(source));
});

const at = (id) => document.getElementById(id);
const link = (blob) => URL.createObjectURL(blob);
let tender = null;
let key = null;

function element(name, { text = "", ...rest } = {}, ...inside) {
  const made = Object.assign(document.createElement(name), rest);
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}

const NEEDED = ["ocid", "envelope", "k", "panel", "reveal_by", "supplier", "items", "criteria"];

function readContext(written) {
  const found = JSON.parse(written);
  if (NEEDED.some((name) => found[name] === undefined) || !found.panel.length) throw new Error("context");
  found.panel.forEach(({ recipient }) => publicKeyOf(recipient));
  return { lot: null, statement: "", limits: {}, ...found };
}

function describe() {
  const rows = [
    ["Compra", [tender.title, tender.number].filter(Boolean).join(", ") || tender.ocid],
    ["Quien compra", tender.buyer?.name ?? tender.buyer ?? ""],
    ["Su empresa", [tender.supplier.name, tender.supplier.rfc].filter(Boolean).join(", ")],
    ["Apertura", tender.opening_at ? new Date(tender.opening_at).toLocaleString("es-MX", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" }) : ""],
    [`Quién lo podrá abrir: ${tender.k} de ${tender.panel.length}, juntos`, ""],
    ...tender.panel.map(({ name, id, body, recipient }) => ["", `${[name ?? id, body].filter(Boolean).join(", ")}. Huella de su llave: ${fingerprint(recipient)}`]),
  ];
  at("about").replaceChildren(...rows.flatMap(([term, said]) => [...(term ? [element("dt", { text: term })] : []), ...(said ? [element("dd", { text: said })] : [])]));
}

function draw() {
  describe();
  const several = new Set(tender.items.map(({ lot }) => lot)).size > 1;
  at("prices").replaceChildren(...tender.items.map(({ number, lot, description, quantity, unit }) => element("label", { text: `${number}. ${description}` },
    element("span", { className: "hint", text: ` ${several ? `Partida ${lot}. ` : ""}${quantity} ${unit ?? ""}. Precio unitario: ` }), element("br"),
    element("input", { inputMode: "decimal", name: String(number), pattern: "[0-9]{1,12}([.][0-9]{1,2})?", title: "Pesos y centavos, sin comas: 1234.50", autocomplete: "off" }))));
  at("lots-hint").hidden = !several;
  at("criteria").replaceChildren(...tender.criteria.map(({ number, title, description, years }) => element("label", { text: `${number}. ${title}` },
    element("span", { className: "hint", text: ` ${years ? `Costo en ${years} años, en pesos sin IVA. ` : ""}${description ?? ""}` }), answerBox(String(number), years))));
  at("criteria-part").hidden = !tender.criteria.length;
  at("statement").textContent = tender.statement;
  at("statement-part").hidden = !tender.statement;
  at("agreed").required = Boolean(tender.statement);
  const { max_documents: most, max_bytes: bytes } = tender.limits;
  at("limits").textContent = most ? `Hasta ${most}, de ${Math.floor(bytes / 1e6)} MB cada uno.` : "";
}

// A cost is an amount, zero where there is none; anything else is words.
function answerBox(name, years) {
  if (!years) return element("textarea", { name, rows: 3 });
  return element("input", { name, inputMode: "decimal", pattern: "[0-9]{1,12}([.][0-9]{1,2})?", title: "Pesos y centavos, sin comas: 1234.50; si no hay costo, 0", autocomplete: "off" });
}

const answers = () => [...at("criteria").querySelectorAll("textarea, input")];
const boxes = () => [...at("prices").querySelectorAll("input")].map((box, i) => ({ box, item: tender.items[i] }));
const priced = () => boxes().filter(({ box }) => box.value.trim());

// Two decimals, as the evaluation reads them; what is not priced is not in the offer.
function offer() {
  return offerOf(priced().map(({ box, item }) => ({ line: item.number, quantity: String(item.quantity), unit_price: amountOf("1", box.value.trim()) })));
}

// A lot is priced whole or not at all, one of them at least; what the call asks of every bid and of those lots is answered.
function demand() {
  const lots = new Set(priced().map(({ item }) => item.lot));
  for (const { box, item } of boxes()) box.required = !lots.size || lots.has(item.lot);
  for (const area of answers()) {
    const { lot } = tender.criteria.find(({ number }) => String(number) === area.name);
    area.required = lot === null || lot === undefined || lot === 0 || lots.has(lot);
  }
}

function downloads({ manifest, c, blobs }) {
  const m = parseObject(manifest);
  const all = [["manifiesto.json", new Blob([manifest], { type: "application/json" })], ...m.files.map(({ sha256, parts }) => [`${sha256}.age`, new Blob(parts.map((part) => blobs.get(part)))])];
  at("c").textContent = c;
  at("downloads").replaceChildren(...all.map(([name, blob]) => element("li", {}, element("a", { text: name, href: link(blob), download: name }), ` ${blob.size.toLocaleString("es-MX")} bytes`)));
  at("done").hidden = false;
  at("done").scrollIntoView();
}

at("context").addEventListener("change", async ({ target }) => {
  at("context-wrong").textContent = "";
  at("bid").hidden = true;
  try {
    tender = readContext(await target.files[0].text());
    key = await newEnvelopeKey();
  } catch (error) {
    at("context-wrong").textContent = error.name === "WorkerError" ? "Este navegador no deja sellar desde un archivo. Pruebe con Chrome, Edge o Firefox." : "Ese archivo no trae los datos de una compra. Descárguelo otra vez de su página.";
    return;
  }
  draw();
  demand();
  Object.assign(at("backup"), { href: link(new Blob([backupText(key, tender)], { type: "text/plain" })), download: `respaldo-${tender.number ?? "sobre"}.key`.replace(/[^\w.-]/g, "-") });
  at("bid").hidden = false;
});

at("prices").addEventListener("input", () => {
  demand();
  try { at("total").textContent = offer().total.replace(/\B(?=(\d{3})+\.)/g, ","); } catch { at("total").textContent = "…"; }
});

at("bid").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = at("seal");
  button.disabled = true;
  at("progress").hidden = false;
  at("wrong").textContent = "";
  try {
    const responses = Object.fromEntries(answers().map(({ name, value }) => [name, value.trim()]).filter(([, said]) => said));
    downloads(await sealBid({
      context: tender, offer: offer(), responses, statement: tender.statement, files: [...at("documents").files], replaces: at("replaces").value || null, key, store: "memory",
      onProgress: ({ done, total }) => { at("progress").value = total ? done / total : 1; },
    }));
    button.textContent = "Sellado";
  } catch (error) {
    at("wrong").textContent = `No se pudo sellar. Nada se perdió; inténtelo de nuevo. (${error.message})`;
    button.disabled = false;
  }
});

at("all").addEventListener("click", () => at("downloads").querySelectorAll("a").forEach((one, i) => setTimeout(() => one.click(), 400 * i)));

