// SPDX-License-Identifier: Apache-2.0
// Adds a row to a formset at once. Without scripts the same button asks the server for the page with one row more.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  const rows = button?.closest("[data-rows]");
  const model = rows?.querySelector(":scope > template");
  const total = rows?.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  if (!model || !total) return;
  const most = Number(rows.querySelector(`[name="${rows.dataset.rows}-MAX_NUM_FORMS"]`)?.value || 1000);
  const count = Number(total.value);
  if (count >= most) return; // the server says why
  event.preventDefault();
  const holder = document.createElement("template");
  holder.innerHTML = model.innerHTML.replaceAll("__prefix__", String(count)).replaceAll("__number__", String(count + 1));
  const row = holder.content.querySelector("[data-row]");
  model.before(row);
  total.value = String(count + 1);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  rows.dispatchEvent(new CustomEvent("vitrina:row", { bubbles: true }));
});
