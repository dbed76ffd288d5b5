// SPDX-License-Identifier: Apache-2.0
// The room of an auction goes on by the events alone: an offer changes headline, chart, table and clock here, and nothing is
// fetched. What changes rarely (a pause, a turn, the end) is drawn by the server, and live.js brings it.
import { aliases, axis, drawings, legendMark, scale } from "./auction-chart.js";
import { money } from "./exact.js";
import { english, hour, now, setClock } from "./page-tools.js";

const DRAWN = new Set(["offer", "offers", "told"]); // drawn here; of the rest the server draws the page
const BETWEEN = 5000; // a screen reader is told who leads once in five seconds at most
const MOST_ACTS = 12;
const rooms = new Map();
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const cents = (text) => Number(text.replace(".", ""));
const told = (centavos) => money(BigInt(centavos), english);

function open() {
  for (const section of document.querySelectorAll("[data-auction]")) {
    const lot = section.dataset.auction;
    const fresh = read(`auction-${lot}-data`);
    const former = rooms.get(lot);
    if (!fresh || (former && former.seq > fresh.seq)) continue; // a page that was drawn before the last event
    setClock(fresh.now, former ? performance.now() : undefined);
    rooms.set(lot, { ...fresh, section, words: read(`auction-${lot}-words`), announced: former?.announced ?? 0 });
  }
}

function take(room, event) {
  room.seq = event.seq;
  if (event.rows) [room.rows, room.leader] = [event.rows, event.leader];
  if (event.event === "offer") {
    room.n_offers += 1;
    if (event.ends_at !== room.ends_at) moved(room, event.ends_at);
  }
  if (event.event === "offers") room.n_offers = event.rows.reduce((n, row) => n + row.offers, 0);
  if (event.point) room.points.push([Date.parse(event.point.at), cents(event.point.amount) / room.per, event.point.alias]);
  if (event.rows) draw(room);
}

function moved(room, ends) {
  room.ends_at = ends;
  const timer = room.section.querySelector("[role=timer]");
  if (timer) timer.dataset.until = ends;
  const text = room.section.querySelector("[data-ends]");
  if (text) text.textContent = text.textContent.replace(/^.*?(?= \()/, hour(ends, room.zone));
}

const priced = (room, centavos) => said(room.words.price, { amount: told(centavos / room.per) });

function draw(room) {
  const { section, words, leader } = room;
  const best = cents(leader.amount);
  const sentence = said(leader.alias ? words.leads : words.nobody, { alias: leader.alias, amount: priced(room, best) });
  for (const place of [document.querySelector(`h1[data-headline="${room.lot}"]`), section.querySelector("[data-headline]")]) {
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }
  chart(room, best / room.per);
  table(room, best);
  const foot = section.querySelector("[data-foot]");
  if (room.beat === "leader" && foot) {
    const most = Math.floor((best - room.step) / room.multiple) * room.multiple;
    foot.textContent = said(words.to_lead, { amount: priced(room, most), step: told(Math.ceil(room.step / room.per)) });
  }
  announce(room, sentence);
}

function share(start, best) {
  const tenths = Math.floor((2000 * (start - best) + start) / (2 * start));
  return `${Math.floor(tenths / 10)}.${tenths % 10}${english ? "%" : "\u00a0%"}`;
}

export function chart(room, best) {
  const { section, words, points } = room;
  const place = section.querySelector("[data-chart]");
  if (!place || !points.length) return;
  const start = points[0][1];
  const finding = { n: room.n_offers, share: share(start, best) };
  section.querySelector("[data-saving]").textContent = room.n_offers ? said(room.n_offers === 1 ? words.one : words.many, finding) : words.none;
  const [low, high, step] = scale(points);
  const legend = aliases(points).map((alias, n) => Object.assign(document.createElement("span"), { innerHTML: `${legendMark(n)} ` }).appendChild(document.createTextNode(alias)).parentElement);
  const note = Object.assign(document.createElement("span"), { textContent: said(words.axis, { low: axis(low, step), high: axis(high, step) }) });
  section.querySelector("[data-legend]").replaceChildren(...legend.flatMap((one) => [one, " "]), note);
  place.innerHTML = drawings(points, {
    ends: Date.parse(room.ends_at), now: now().getTime(), zoneMs: room.zone_ms,
    told: said(words.told, { start: told(start), best: told(best), n: room.n_offers }), best: told(best),
    hour: (ms) => hour(ms, room.zone).slice(0, 5),
  });
}

function table(room, best) {
  const place = room.section.querySelector("[data-offers]");
  if (!place) return;
  place.hidden = false;
  const heads = [...place.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  const lines = room.rows.map((row) => {
    const line = document.createElement("tr");
    if (row.rank === 1) line.className = "first";
    const amount = "amount" in row ? cents(row.amount) : null;
    const shown = (value) => (amount === null ? room.words.hidden : value());
    const cells = [
      ...(room.per > 1 ? [shown(() => told(amount / room.per))] : []),
      ...(room.by_price ? [row.alias === room.leader.alias ? room.words.ahead : shown(() => `+${told(Math.floor((amount - best) / room.per))}`)] : []),
      shown(() => told(amount)), String(row.offers), row.at ? hour(row.at, room.zone) : "",
    ];
    line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: `${row.rank}. ${row.alias}` }));
    cells.forEach((text, n) => {
      const cell = Object.assign(document.createElement("td"), { className: "n", textContent: text });
      cell.dataset.l = heads[n + 1];
      line.append(cell);
    });
    return line;
  });
  place.querySelector("tbody").replaceChildren(...lines);
}

function announce(room, sentence) {
  room.next = sentence;
  if (room.waiting) return;
  const left = room.announced + BETWEEN - performance.now();
  room.waiting = setTimeout(() => {
    [room.waiting, room.announced] = [null, performance.now()];
    const place = room.section.querySelector("[data-announce]");
    if (place && place.textContent !== room.next) place.textContent = room.next;
  }, Math.max(0, left));
}

// One more act in the list beside, with its number and the link that checks it.
function list(event) {
  const acts = document.querySelector("#acts-live .acts");
  const pattern = document.getElementById("room-act")?.content.querySelector("li");
  if (!acts || !pattern || document.getElementById(`act-${event.position}`)) return;
  const { sentence, detail } = event.auction.words[english ? "en" : "es"];
  const row = pattern.cloneNode(true);
  const former = row.id.replace("act-", "");
  const number = (n) => Number(n).toLocaleString("en-US");
  row.id = `act-${event.position}`;
  row.className = "fresh";
  const time = row.querySelector("time");
  [time.dateTime, time.textContent] = [event.at, hour(event.at, document.querySelector("[data-zone]")?.dataset.zone)];
  const text = row.children[1];
  text.textContent = sentence;
  if (detail) text.append(Object.assign(document.createElement("div"), { className: "who", textContent: detail }));
  for (const span of row.querySelectorAll(".proof span")) span.textContent = span.textContent.replace(number(former), number(event.position));
  const link = row.querySelector("a[data-check]");
  if (link) {
    link.dataset.check = event.position;
    link.href = link.href.replace(`/${former}/`, `/${event.position}/`);
    link.setAttribute("aria-label", link.getAttribute("aria-label").replace(number(former), number(event.position)));
  }
  acts.insertBefore(row, [...acts.children].find((one) => Number(one.id.slice(4)) < event.position) ?? null);
  while (acts.children.length > MOST_ACTS) acts.lastElementChild.remove();
}

document.addEventListener("vitrina:act", (event) => {
  const auction = event.detail.auction;
  const room = auction && rooms.get(String(auction.lot));
  if (!room || !DRAWN.has(auction.event)) return;
  event.preventDefault();
  if (auction.seq > room.seq) take(room, auction);
  list(event.detail);
});
document.addEventListener("vitrina:tick", (event) => {
  setClock(event.detail.now, performance.now());
  for (const room of rooms.values()) if (room.state === "running" && room.points.length) chart(room, cents(room.leader.amount) / room.per);
});
document.addEventListener("vitrina:swapped", open);
open();
