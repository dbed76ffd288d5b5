// SPDX-License-Identifier: Apache-2.0
// Counts down every [role=timer][data-until] by the server's clock: data-now is the server's instant when the page was made,
// and a live page is told it again every few seconds (a machine that slept counts on from there).
// The words of the last minutes go to the polite region [data-say] beside it, never each second.
const ANNOUNCED = [300, 60, 10];
const english = document.documentElement.lang.startsWith("en");
const arrived = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
const arrivals = new WeakMap(); // timers that a live page brought later, by when

let told = null; // [server, here]: the server's clock as it was told last, and when by this page's own
const pad = (number) => String(number).padStart(2, "0");

function words(seconds, big) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days >= 2) return `${days}\u00a0${english ? "days" : "días"}`;
  if (big) return `${hours ? `${hours}:` : ""}${pad(minutes)}:${pad(seconds % 60)}`;
  if (hours) return `${hours}\u00a0h` + (minutes ? ` ${minutes}\u00a0min` : "");
  if (minutes >= 10) return `${minutes}\u00a0min`;
  return minutes ? `${minutes}\u00a0min ${seconds % 60}\u00a0s` : `${seconds}\u00a0s`;
}

function tick() {
  for (const timer of document.querySelectorAll("[role=timer][data-until]")) {
    const [server, here] = told ?? [Date.parse(timer.dataset.now), arrivals.get(timer) ?? arrived];
    const left = Math.max(0, Math.ceil((Date.parse(timer.dataset.until) - server - (performance.now() - here)) / 1000));
    const text = words(left, "big" in timer.dataset);
    if (timer.textContent !== text) timer.textContent = text;
    const say = timer.parentElement.querySelector("[data-say]");
    if (say && ANNOUNCED.includes(left)) say.textContent = text;
  }
}

document.addEventListener("vitrina:swapped", (event) => {
  for (const timer of event.detail.querySelectorAll("[role=timer][data-until]")) arrivals.set(timer, performance.now());
  tick();
});

document.addEventListener("vitrina:tick", (event) => {
  told = [Date.parse(event.detail.now), performance.now()];
  tick();
});

if (document.querySelector("[role=timer][data-until], [data-stream]")) {
  tick();
  setInterval(tick, 1000);
}
