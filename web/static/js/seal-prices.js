// SPDX-License-Identifier: Apache-2.0
// Unit prices, amounts and the total of a bid, to the centavo, in figures and in words.
import { centavosOf, guess, inWords, money, plain, times } from "./exact.js";
import { english, say } from "./page-tools.js";

// `typed`: item number -> what was written. Gives what the page asks when the bid is sealed.
export function pricesOf(form, tender, typed) {
  const boxes = [...form.querySelectorAll("[data-price]")];
  const item = new Map(tender.items.map((one) => [String(one.number), one]));
  const valueOf = (box) => centavosOf(box.value);
  const priced = () => boxes.filter(valueOf);
  const amountOf = (box) => times(valueOf(box), item.get(box.dataset.price).quantity);
  const total = () => priced().reduce((sum, box) => sum + amountOf(box), 0n);
  const lots = () => [...new Set(priced().map((box) => Number(box.dataset.lot)))];
  const hasLots = new Set(boxes.map((box) => box.dataset.lot)).size > 1;

  const show = () => {
    for (const box of boxes) {
      const amount = valueOf(box) ? say("amount", { amount: money(amountOf(box), english) }) : "";
      const place = document.getElementById(`amount_${box.dataset.price}`);
      if (place.textContent !== amount) place.textContent = amount;
    }
    form.querySelector("[data-total]").textContent = money(total(), english);
    form.querySelector("[data-total-words]").textContent = total() ? inWords(total(), english) : "";
  };
  for (const box of boxes) {
    box.value = typed[box.dataset.price] ?? "";
    box.addEventListener("input", show);
    box.addEventListener("blur", () => { if (valueOf(box)) box.value = money(valueOf(box), false).slice(1); });
  }
  show();

  const errors = () => {
    const found = boxes.filter((box) => valueOf(box) === null).map((box) => {
      const meant = guess(box.value);
      return { field: box.id, message: meant ? say("price_guess", { guess: meant }) : say("price_wrong") };
    });
    if (!found.length && !priced().length) found.push({ field: boxes[0].id, message: say(hasLots ? "no_prices" : "price_missing_one", { item: boxes[0].dataset.price }) });
    for (const box of boxes.filter((one) => !one.value.trim() && lots().includes(Number(one.dataset.lot)))) {
      found.push({ field: box.id, message: say(hasLots ? "price_missing" : "price_missing_one", { lot: box.dataset.lot, item: box.dataset.price }) });
    }
    return found;
  };

  const offer = (seal) => {
    const lines = priced().map((box) => ({ line: Number(box.dataset.price), quantity: item.get(box.dataset.price).quantity, unit_price: plain(valueOf(box)) }));
    const made = seal.offerOf(lines, "MXN");
    if (made.total !== plain(total())) throw new Error(`two totals: ${made.total} and ${plain(total())}`); // what is read must be what is sealed
    return made;
  };
  return { errors, lots, offer, total, typed: () => Object.fromEntries(boxes.filter((box) => box.value).map((box) => [box.dataset.price, box.value])) };
}
