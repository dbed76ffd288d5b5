// SPDX-License-Identifier: Apache-2.0
// Results while somebody types or chooses: the page asks for itself and takes over what changed. Without scripts the
// same forms ask for the same addresses.
const PARTS = ["answer", "facets", "results"];
const WAIT = 250; // ms after the last key
let timer;
let running;

const line = document.querySelector('form[role="search"]');

function address(isNewText) {
  const query = new URLSearchParams();
  const text = line.elements.q.value.trim();
  if (text) query.set("q", text);
  const facets = document.querySelector("#facets form");
  for (const [name, value] of new FormData(facets)) {
    if (name === "q" || (name === "exact" && isNewText)) continue;
    query.append(name, value);
  }
  return `${line.getAttribute("action")}?${query}`;
}

async function show(url) {
  running?.abort();
  running = new AbortController();
  let page;
  try {
    const answer = await fetch(url, { signal: running.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) return; // the button still works, and says what is wrong
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return;
  }
  const focused = document.activeElement;
  const tile = focused?.closest(".tiles a")?.title.split(":")[0];
  const kept = focused?.closest("#facets") ? [focused.name, focused.value] : null;
  const isOpen = document.querySelector("#facets details")?.open;
  for (const id of PARTS) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id).replaceChildren(...part.childNodes);
  }
  const hidden = [...page.querySelectorAll('form[role="search"] input[type="hidden"]')];
  line.querySelectorAll('input[type="hidden"]').forEach((one) => one.remove());
  line.append(...hidden);
  const details = document.querySelector("#facets details");
  if (details && isOpen) details.open = true;
  if (tile) {
    [...document.querySelectorAll(".tiles a")].find((a) => a.title.split(":")[0] === tile)?.focus();
  } else if (kept) {
    const same = [...document.querySelectorAll("#facets input")].find((i) => i.name === kept[0] && i.value === kept[1]);
    same?.focus();
  }
  document.title = page.title;
  history.replaceState(null, "", url);
}

if (line) {
  line.elements.q.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(address(true)), WAIT);
  });
  document.getElementById("facets").addEventListener("change", (event) => {
    if (event.target.matches('input[type="checkbox"]')) show(address(false));
  });
  document.getElementById("facets").addEventListener("click", (event) => {
    const tile = event.target.closest(".tiles a");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(tile.href);
  });
}
