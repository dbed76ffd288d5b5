// SPDX-License-Identifier: Apache-2.0
// Counts down every [role=timer][data-until] by the server's clock: data-now is the server's instant when the page was made.
// The words of the last minutes go to the polite region [data-say] beside it, never each second.
const started = performance.now();
const english = document.documentElement.lang.startsWith("en");
const announceAt = [300, 60, 10];

function words(seconds, big) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const pad = (n) => String(n).padStart(2, "0");
  if (big && days < 2) return (hours ? `${hours}:${pad(minutes)}` : pad(minutes)) + `:${pad(seconds % 60)}`;
  if (days >= 2) return `${days}\u00a0${english ? "days" : "días"}`;
  if (hours) return `${hours}\u00a0h` + (minutes ? ` ${minutes}\u00a0min` : "");
  if (minutes >= 10) return `${minutes}\u00a0min`;
  return minutes ? `${minutes}\u00a0min ${seconds % 60}\u00a0s` : `${seconds}\u00a0s`;
}

function tick() {
  for (const timer of document.querySelectorAll("[role=timer][data-until]")) {
    timer.dataset.seen ??= String(performance.now());
    const elapsed = performance.now() - (timer.dataset.first === undefined ? started : Number(timer.dataset.seen));
    const left = Math.max(0, Math.ceil((Date.parse(timer.dataset.until) - Date.parse(timer.dataset.now) - elapsed) / 1000));
    const text = words(left, "big" in timer.dataset);
    if (timer.textContent !== text) timer.textContent = text;
    const say = timer.parentElement.querySelector("[data-say]");
    if (say && announceAt.includes(left)) say.textContent = text;
  }
}

// A timer that arrives later (live page) counts from its own arrival, not from the load of the page.
document.addEventListener("vitrina:swapped", (event) => {
  for (const timer of event.detail.querySelectorAll("[role=timer][data-until]")) {
    timer.dataset.first = "later";
    timer.dataset.seen = String(performance.now());
  }
  tick();
});

if (document.querySelector("[role=timer][data-until], [data-stream]")) {
  tick();
  setInterval(tick, 1000);
}
