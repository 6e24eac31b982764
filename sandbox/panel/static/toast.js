import { h } from "./dom.js";

const STAY = 2200;
const PER_LETTER = 45;

/** Make the place where an area's short notices appear. */
export const toastPlace = () => h("div.toasts", { role: "status" });

/** Show a short notice for as long as it takes to read. */
export function toast(place, text) {
  const note = h("div.toast", { dir: "auto" }, text);
  place.replaceChildren(note);
  setTimeout(() => note.remove(), STAY + text.length * PER_LETTER);
}

/** Show a notice that waits for OK, over one phone only. */
export function alertBox(host, text, ok) {
  const back = document.activeElement;
  const close = () => {
    box.remove();
    back?.focus?.({ preventScroll: true });
  };
  const button = h("button.plain", { type: "button", onclick: close }, ok);
  const box = h(
    "div.alert",
    { role: "alertdialog", "aria-modal": "true", "aria-label": text },
    h("div.alert-card", null, h("p", { dir: "auto" }, text), button),
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") event.preventDefault();
  });
  host.append(box);
  button.focus();
}
