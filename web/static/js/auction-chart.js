// SPDX-License-Identifier: Apache-2.0
// The descent of an auction, drawn again as offers come: the same numbers and the same markup as vitrina/portal/descent.py
// and auction_room.py, which draw the page that is loaded. Places are whole tenths of a pixel.
import { english } from "./page-tools.js";

const MINUTE = 60_000;
const PACES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 10080];
const SHAPES = ["circle", "square", "triangle", "diamond"];
const MOST_MARKS = 40;
const CHAR = 7;
const BOTTOM = 34;
const SIZES = [
  { name: "wide", width: 760, height: 340, top: 18, right: 96, hours: 7 },
  { name: "narrow", width: 340, height: 300, top: 30, right: 18, hours: 3 },
];
const { floor, ceil, max, min } = Math;
const px = (tenths) => `${floor(tenths / 10)}.${tenths % 10}`;
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function nice(least) {
  for (let power = 1; ; power *= 10) for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
}

export function scale(points) {
  const prices = points.map(([, centavos]) => centavos);
  const [low, high] = [min(...prices), max(...prices)];
  const step = nice(max(ceil((high - low) / 4), 1));
  const [bottom, top] = [floor(low / step) * step, ceil(high / step) * step];
  return [bottom === low && bottom >= step ? bottom - step : bottom, top === bottom ? top + step : top, step];
}

function figures(centavos, step) {
  const pesos = grouped(String(floor(centavos / 100)));
  return step % 100 ? `${pesos}.${String(centavos % 100).padStart(2, "0")}` : pesos;
}

export const axis = (centavos, step) => (english ? "" : "$") + figures(centavos, step);
export const aliases = (points) => [...new Set(points.map(([, , alias]) => alias).filter(Boolean))];

export function shape(kind, x, y) {
  const [cx, cy] = [px(x), px(y)];
  if (kind === "circle") return `<circle class="m1" cx="${cx}" cy="${cy}" r="5.5"/>`;
  if (kind === "square") return `<rect class="m2" x="${px(x - 50)}" y="${px(y - 50)}" width="10" height="10"/>`;
  if (kind === "triangle") return `<path class="m3" d="M${cx} ${px(y - 60)}L${px(x + 60)} ${px(y + 50)}H${px(x - 60)}z"/>`;
  return `<path class="m4" d="M${cx} ${px(y - 65)}L${px(x + 65)} ${cy}L${cx} ${px(y + 65)}L${px(x - 65)} ${cy}z"/>`;
}

export const legendMark = (n) => `<svg class="chart" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${shape(SHAPES[n % SHAPES.length], 70, 70)}</svg>`;

// points: [[milliseconds, centavos, alias]...]; ends, now: milliseconds; zoneMs: from so long before the end an offer moves it;
// told: the finding in a sentence; best: the best price as text; hour(ms): an hour of the axis.
export function drawings(points, facts) {
  return SIZES.map((size) => svg(points, facts, size)).join("");
}

function svg(points, { ends, now, zoneMs, told, best, hour }, size) {
  const [low, high, step] = scale(points);
  const begins = points[0][0];
  const lastPoint = points.at(-1);
  const last = max(ends, lastPoint[0], begins + MINUTE);
  const here = min(max(now, lastPoint[0]), last);
  const left = 20 + CHAR * max(figures(low, step).length, figures(high, step).length);
  const [end, bottom] = [size.width - size.right, size.height - BOTTOM];
  const [width, height] = [end - left, bottom - size.top];
  const x = (at) => left * 10 + floor((at - begins) * width * 10 / (last - begins));
  const y = (centavos) => size.top * 10 + floor((high - centavos) * height * 10 / (high - low));

  const nowX = x(here);
  const path = points.slice(1).reduce((d, [at, centavos]) => `${d}H${px(x(at))}V${px(y(centavos))}`, `M${px(x(begins))} ${px(y(points[0][1]))}`);
  const pace = (PACES.find((m) => floor((last - begins) / (m * MINUTE)) <= size.hours - 1) ?? PACES.at(-1)) * MINUTE;
  let inside = "";
  const wide = end - floor(nowX / 10);
  if (wide > 0) inside += `<rect class="ahead" x="${px(nowX)}" y="${size.top}" width="${wide}" height="${bottom - size.top}"/>`;
  for (let v = low; v <= high; v += step) inside += `<path class="grid" d="M${left} ${px(y(v))}H${end}"/><text x="${left - 10}" y="${px(y(v) + 45)}" text-anchor="end">${axis(v, step)}</text>`;
  for (let at = begins; at <= last; at += pace) inside += `<path class="axis" d="M${px(x(at))} ${bottom}v5"/><text x="${px(x(at))}" y="${bottom + 24}" text-anchor="middle">${hour(at)}</text>`;
  if (zoneMs && here < last) inside += `<path class="zone" d="M${px(x(max(last - zoneMs, begins)))} ${size.top}V${bottom}"/>`;
  inside += `<path class="line" d="${path}H${px(nowX)}"/>`;
  const led = aliases(points);
  for (const [at, centavos, alias] of points.length <= MOST_MARKS ? points : points.slice(-1)) {
    if (alias) inside += shape(SHAPES[led.indexOf(alias) % SHAPES.length], x(at), y(centavos));
  }
  inside += `<path class="now" d="M${px(nowX)} ${size.top}V${bottom}"/>`;
  const fits = floor(nowX / 10) + 10 + 8 * best.length < size.width;
  inside += `<text class="strong big" x="${px(fits ? nowX + 80 : nowX - 80)}" y="${px(y(lastPoint[1]) + 200)}" text-anchor="${fits ? "start" : "end"}">${escaped(best)}</text>`;
  return `<svg class="chart only-${size.name} descent" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(told)}">${inside}</svg>`;
}
