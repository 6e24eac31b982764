// What the shop's Stripe dashboard would show, in test mode.

import { h } from "./dom.js";
import { eventsView } from "./events.js";
import { ledger } from "./ledger.js";
import { paymentsView } from "./payments.js";
import { refundsView } from "./refunds.js";
import { on, state } from "./store.js";
import { toast, toastPlace } from "./toast.js";

/** Make the panel. */
export function stripePanel() {
  const toasts = toastPlace();
  const tell = (text) => toast(toasts, text);
  const shop = h("span.stripe-shop", { dir: "auto" });
  const views = [
    ["payments", "Payments", paymentsView(tell), () => ledger(state.stripe).length],
    ["refunds", "Refunds", refundsView(tell), () => state.stripe.refunds.length],
    ["events", "Events", eventsView(tell), () => state.stripe.events.length],
  ];
  const tabs = views.map(([name, label]) => tab(name, label));
  const list = h("div.panel-tabs", { role: "tablist", "aria-label": "Stripe" }, tabs);
  for (const [name, label, view] of views) {
    Object.assign(view.node, { id: `stripe-${name}`, hidden: true });
    view.node.setAttribute("role", "tabpanel");
    view.node.setAttribute("aria-label", label);
    view.node.tabIndex = 0;
  }
  const choose = (name, focus) => {
    views.forEach(([one, , view], at) => {
      const on_ = one === name;
      view.node.hidden = !on_;
      tabs[at].setAttribute("aria-selected", String(on_));
      tabs[at].tabIndex = on_ ? 0 : -1;
      if (on_ && focus) tabs[at].focus();
    });
  };
  list.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-tab]")?.dataset.tab;
    if (name) choose(name);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((one) => one.getAttribute("aria-selected") === "true");
    choose(views[(at + step + views.length) % views.length][0], true);
  });
  choose("payments");
  const head = h(
    "header.stripe-head",
    null,
    h("h2", null, h("span.stripe-name", null, "Stripe"), shop),
    h("span.test-mode", { title: "No money moves" }, "Test mode"),
  );
  const node = h(
    "section.column.stripe",
    { id: "stripe", "aria-label": "Stripe" },
    h(
      "div.panel",
      null,
      head,
      list,
      views.map(([, , view]) => view.node),
      toasts,
    ),
  );
  const render = () => {
    views.forEach(([, , view, count], at) => {
      view.render();
      const number = count();
      tabs[at].querySelector(".count").textContent = number ? String(number) : "";
    });
  };
  on("stripe", render);
  on("bot", () => {
    shop.textContent = state.bot.shop;
  });
  // Which chat holds a session's link decides in whose window it opens; that may change.
  on("messages", () => views[0][2].render());
  const lead = (id) => {
    choose("payments");
    return views[0][2].lead(id);
  };
  return { node, choose, lead };
}

const tab = (name, label) =>
  h(
    "button.panel-tab",
    { type: "button", role: "tab", "aria-controls": `stripe-${name}`, "data-tab": name },
    label,
    h("span.count"),
  );
