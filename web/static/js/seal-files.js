// SPDX-License-Identifier: Apache-2.0
// The documents of a bid: chosen or dropped, listed, taken out. They are only read when the bid is sealed.
import { draw, say, size } from "./page-tools.js";

export function chosenFiles(form, tender, kept) {
  const { max_documents: most, max_bytes: one, max_total: together } = tender.limits;
  const list = form.querySelector("[data-chosen]");
  const words = form.querySelector("[data-chosen-words]");
  const input = form.querySelector("#documents");
  const drop = form.querySelector("[data-drop]");
  let files = [...kept];
  const total = () => files.reduce((sum, file) => sum + file.size, 0);

  const show = () => {
    list.replaceChildren(...files.map((file, i) => {
      const row = draw("file-model", { name: file.name, size: size(file.size), remove: say("remove") });
      const button = row.querySelector("button");
      button.setAttribute("aria-label", say("removes", { name: file.name }));
      button.addEventListener("click", () => { take(i); });
      return row;
    }));
    words.textContent = say(!files.length ? "none_chosen" : files.length === 1 ? "one_chosen" : "many_chosen", { n: files.length, size: size(total()) });
  };
  const changed = () => { show(); form.dispatchEvent(new CustomEvent("vitrina:files")); };
  const take = (i) => {
    files.splice(i, 1);
    changed();
    (list.querySelectorAll("button")[Math.min(i, files.length - 1)] ?? input).focus();
  };
  const add = (more) => {
    const isNew = (file) => !files.some((had) => had.name === file.name && had.size === file.size && had.lastModified === file.lastModified);
    files.push(...[...more].filter(isNew));
    changed();
  };

  input.addEventListener("change", () => { add(input.files); input.value = ""; });
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over-it"); });
  drop.addEventListener("dragleave", (event) => { if (!drop.contains(event.relatedTarget)) drop.classList.remove("over-it"); });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over-it");
    add([...event.dataTransfer.items].filter((entry) => entry.kind === "file" && !entry.webkitGetAsEntry?.()?.isDirectory).map((entry) => entry.getAsFile()));
  });
  show();

  const errors = () => {
    const found = files.flatMap((file) => {
      if (!file.size) return [say("file_empty", { name: file.name })];
      return file.size > one ? [say("file_too_big", { name: file.name, size: size(file.size), limit: size(one) })] : [];
    });
    if (files.length > most) found.push(say("too_many_files", { n: most, found: files.length }));
    if (total() > together) found.push(say("all_too_big", { size: size(total()), limit: size(together) }));
    const names = files.map((file) => file.name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice) found.push(say("file_twice", { name: twice }));
    return found.map((message) => ({ field: "documents", message }));
  };
  return { errors, list: () => [...files], bytes: total };
}
