// Which phones are to be seen: as many as fit beside the Stripe panel, or one thing at a time.

import { avatar, h, icon } from "./dom.js";

const NARROW = 760;
const PANEL = 384;
const PHONE = 292;
export const STRIPE = "stripe";

export class Tabs {
  constructor(nav, whenShown) {
    this.nav = nav;
    this.whenShown = whenShown;
    this.tabs = new Map();
    this.recent = [];
    this.shown = new Set();
    addEventListener("resize", () => this.layout());
  }

  get narrow() {
    return innerWidth < NARROW;
  }

  add(id, name, tint, node) {
    const badge = h("span.badge", { hidden: true });
    const picture =
      id === STRIPE ? h("span.avatar.tint-stripe", null, icon("card")) : avatar(name, tint);
    const button = h(
      "button.tab",
      { type: "button", onclick: () => this.pressed(id) },
      picture,
      h("span.tab-name", { dir: "auto" }, name),
      badge,
    );
    if (id === STRIPE) button.classList.add("only-narrow");
    this.tabs.set(id, { button, badge, node });
    this.nav.append(button);
  }

  /** Say in which order they deserve to be seen at first. */
  begin(order) {
    this.recent = [...order];
    this.layout();
  }

  pressed(id) {
    this.show(id);
    if (!this.narrow) this.tabs.get(id).node.dispatchEvent(new CustomEvent("demo:focus"));
  }

  /** Bring one to the front. */
  show(id) {
    if (!this.tabs.has(id)) return;
    this.recent = [id, ...this.recent.filter((one) => one !== id)];
    this.layout();
  }

  /** Remember that somebody is busy with it, so that another makes room first. */
  used(id) {
    if (this.shown.has(id)) this.recent = [id, ...this.recent.filter((one) => one !== id)];
  }

  layout() {
    if (!this.recent.length) return;
    const room = Math.floor((innerWidth - PANEL) / PHONE);
    const phones = this.recent.filter((id) => id !== STRIPE);
    const chosen = this.narrow
      ? [this.recent[0]]
      : [...phones.slice(0, Math.min(Math.max(room, 1), phones.length)), STRIPE];
    this.shown = new Set(chosen);
    document.body.classList.toggle("narrow", this.narrow);
    this.nav.classList.toggle("all-shown", !this.narrow && this.shown.size === this.tabs.size);
    for (const [id, { button, node }] of this.tabs) {
      const on = this.shown.has(id);
      node.hidden = !on;
      if (on) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.whenShown();
  }

  /** Whether somebody can be looking at it now. */
  visible(id) {
    return this.shown.has(id) && document.visibilityState === "visible";
  }

  badge(id, count) {
    const { badge } = this.tabs.get(id);
    badge.hidden = !count;
    badge.replaceChildren(count > 99 ? "99+" : String(count), h("span.unseen", null, " new"));
  }
}
