// SPDX-License-Identifier: Apache-2.0
// Money without floating point: integer centavos in BigInt, decimal text at the border, amounts in words.
// The same rounding as vitrina.kernel.money: unit price times quantity, half up to the centavo.
const TYPED = /^\d{1,3}(,\d{3})*(\.\d{1,2})?$|^\d{1,12}(\.\d{1,2})?$/;
const LARGEST = 10n ** 14n; // 999,999,999,999.99 pesos, as the server's own field

// Centavos of what a person typed ("$1,234.5"), "" when nothing was typed, null when it is no amount above zero.
export function centavosOf(typed) {
  const value = costOf(typed);
  return value === 0n ? null : value;
}

// The same where zero is an amount too: a cost that there is not.
export function costOf(typed) {
  const text = typed.replace(/[$\s\u00a0]/g, "");
  if (!text) return "";
  if (!TYPED.test(text)) return null;
  const [whole, cents = ""] = text.replaceAll(",", "").split(".");
  const value = BigInt(whole) * 100n + BigInt(cents.padEnd(2, "0"));
  return value < LARGEST ? value : null;
}

// What the person may have meant, for the message of an error; "" when there is no guess.
export function guess(typed) {
  const text = typed.replace(/[$\s\u00a0]/g, "");
  const european = /^\d{1,3}(?:\.\d{3})*,\d{1,2}$/.test(text) ? text.replaceAll(".", "").replace(",", ".") : "";
  const long = /^\d+\.\d{3,}$/.test(text) ? text.slice(0, text.indexOf(".") + 3) : "";
  const found = european || long;
  return found && centavosOf(found) ? plain(centavosOf(found)) : "";
}

// centavos times a decimal quantity ("412000", "2.5"), half up.
export function times(centavos, quantity) {
  const [whole, part = ""] = quantity.split(".");
  const scale = 10n ** BigInt(part.length);
  return (2n * centavos * BigInt(whole + part) + scale) / (2n * scale);
}

// "61.40": the decimal text that goes into the envelope.
export function plain(centavos) {
  const text = String(centavos).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

// "$25,296,800.00"; in English "MXN 25,296,800.00".
export function money(centavos, english) {
  const [pesos, cents] = plain(centavos).split(".");
  return `${english ? "MXN\u00a0" : "$"}${grouped(pesos)}.${cents}`;
}

const ES = {
  small: ["", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince",
    "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco",
    "veintiséis", "veintisiete", "veintiocho", "veintinueve"],
  tens: ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"],
  hundreds: ["", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"],
};
const EN = {
  small: ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen"],
  tens: ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
};

function hundredsEs(n) { // 1..999, before a noun: "veintiún", "un"
  if (n === 100) return "cien";
  const rest = n % 100;
  const low = rest < 30 ? ES.small[rest] : ES.tens[Math.floor(rest / 10)] + (rest % 10 ? ` y ${ES.small[rest % 10]}` : "");
  return [ES.hundreds[Math.floor(n / 100)], low].filter(Boolean).join(" ").replace(/veintiuno$/, "veintiún").replace(/uno$/, "un");
}

function thousandsEs(n) { // 0..999,999
  const [high, low] = [Math.floor(n / 1000), n % 1000];
  const head = high === 1 ? "mil" : high ? `${hundredsEs(high)} mil` : "";
  return [head, low ? hundredsEs(low) : ""].filter(Boolean).join(" ");
}

function spanish(pesos) {
  const part = (place) => Number((pesos / 10n ** BigInt(place)) % 1000000n);
  const named = (n, one, many) => (n === 1 ? `un ${one}` : n ? `${thousandsEs(n)} ${many}` : "");
  const words = [named(part(12), "billón", "billones"), named(part(6), "millón", "millones"), thousandsEs(part(0))];
  const isRound = pesos >= 1000000n && !part(0); // "un millón de pesos"
  return `${words.filter(Boolean).join(" ") || "cero"} ${isRound ? "de " : ""}${pesos === 1n ? "peso" : "pesos"}`;
}

function hundredsEn(n) {
  const rest = n % 100;
  const low = rest < 20 ? EN.small[rest] : EN.tens[Math.floor(rest / 10)] + (rest % 10 ? `-${EN.small[rest % 10]}` : "");
  return [n >= 100 ? `${EN.small[Math.floor(n / 100)]} hundred` : "", low].filter(Boolean).join(" ");
}

function inEnglish(pesos) {
  const words = ["", "thousand", "million", "billion", "trillion"].map((scale, place) => {
    const group = Number((pesos / 1000n ** BigInt(place)) % 1000n);
    return group ? `${hundredsEn(group)} ${scale}`.trim() : "";
  });
  return `${words.reverse().filter(Boolean).join(" ") || "zero"} ${pesos === 1n ? "peso" : "pesos"}`;
}

// "veinticinco millones doscientos noventa y seis mil ochocientos pesos 00/100 M.N."
export function inWords(centavos, english) {
  const pesos = centavos / 100n;
  const cents = String(centavos % 100n).padStart(2, "0");
  return english ? `${inEnglish(pesos)} ${cents}/100` : `${spanish(pesos)} ${cents}/100 M.N.`;
}
