import { h, icon } from "./dom.js";

let closeOpen = null;

/**
 * Open a menu under `button`, inside `host`. Items are {label, icon, checked, run}, or a string for a
 * heading; the arrow keys move, Escape closes.
 */
export function openMenu(button, host, items) {
  if (button.getAttribute("aria-expanded") === "true") {
    closeOpen?.();
    return;
  }
  closeOpen?.();
  const menu = h("div.menu", { role: "menu", "aria-label": button.getAttribute("aria-label") });
  const close = (focus = true) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    closeOpen = null;
    if (focus) button.focus({ preventScroll: true });
  };
  const outside = (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  menu.append(...items.map((item) => line(item, close)));
  menu.addEventListener("keydown", (event) => move(event, menu, close));
  button.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  closeOpen = close;
  host.append(menu);
  (menu.querySelector("[aria-checked=true]") || menu.querySelector("button")).focus();
}

function line(item, close) {
  if (typeof item === "string") return h("div.menu-head", { role: "presentation" }, item);
  const radio = item.checked !== undefined;
  return h(
    item.danger ? "button.menu-item.danger" : "button.menu-item",
    {
      type: "button",
      role: radio ? "menuitemradio" : "menuitem",
      "aria-checked": radio ? String(item.checked) : null,
      lang: item.lang,
      onclick: () => {
        close();
        item.run();
      },
    },
    h("span.menu-sign", null, item.icon ? icon(item.icon) : item.checked && icon("check")),
    item.label,
  );
}

function move(event, menu, close) {
  const all = [...menu.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    close(event.key === "Escape");
  } else if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  }
}
