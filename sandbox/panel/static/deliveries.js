// Networks lose things, repeat them and mix them up; here the reader plans what happens next.

import { post } from "./api.js";
import { h } from "./dom.js";
import { state } from "./store.js";

const PLANS = [
  ["usual", "As usual", "Forget all plans"],
  ["drop", "Drop next", "The next delivery is lost; Stripe tries again 5 seconds later"],
  ["delay", "Delay next", "The next delivery comes 10 seconds late"],
  ["twice", "Twice", "The next delivery comes twice"],
  ["reverse", "Out of order", "The next burst of events arrives in the opposite order"],
  [
    "lost",
    "Answer lost",
    "The next delivery arrives, but the bot’s answer is lost, so it is sent again",
  ],
];

export function plans(tell) {
  const buttons = PLANS.map(([plan, label, means]) => {
    const button = h("button.plan", { type: "button", title: means, "data-plan": plan }, label);
    button.addEventListener("click", async () => {
      try {
        await post("webhooks", { next: plan });
      } catch (error) {
        tell(error.message);
      }
    });
    return button;
  });
  const said = h("p.planned", { role: "status" });
  const node = h(
    "section.plans",
    { "aria-label": "Coming deliveries" },
    h("h3", null, "Coming deliveries"),
    h("div.plan-buttons", null, buttons),
    said,
  );
  const render = () => {
    const { next } = state.stripe;
    for (const button of buttons) {
      const { plan } = button.dataset;
      button.setAttribute(
        "aria-pressed",
        String(plan === "usual" ? !next.length : next.includes(plan)),
      );
    }
    const text = next.length
      ? `Planned: ${next.map(name).join(", then ")}.`
      : "Every event is delivered once, in order.";
    if (said.textContent !== text) said.textContent = text;
  };
  return { node, render };
}

const name = (plan) => (PLANS.find(([one]) => one === plan)?.[1] || plan).toLowerCase();
