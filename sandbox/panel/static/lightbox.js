import { h, icon } from "./dom.js";

/** Show a picture large, to be scanned or looked at; Escape or a click closes it. */
export function showPicture(url, label) {
  const box = h(
    "dialog.lightbox",
    { "aria-label": label, onclick: () => box.close(), onclose: () => box.remove() },
    h("img", { src: url, alt: label }),
    h("button.round.lightbox-close", { type: "button", "aria-label": "Close" }, icon("close")),
  );
  document.body.append(box);
  box.showModal();
}
