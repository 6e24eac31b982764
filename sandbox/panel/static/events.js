// Stripe's events and how their deliveries to the bot went.

import { action } from "./action.js";
import { post } from "./api.js";
import { plans } from "./deliveries.js";
import { h } from "./dom.js";
import { reconcile } from "./list.js";
import { pill } from "./status.js";
import { state } from "./store.js";
import { clockTime, shortTime } from "./time.js";

const LATER = 60;
const opened = new Set();

export function eventsView(tell) {
  const control = plans(tell);
  const list = h("div.rows");
  const empty = h(
    "p.empty",
    null,
    "No events yet. Each one is also sent to the bot as a signed webhook.",
  );
  const node = h("div.view", null, control.node, empty, list);
  const render = () => {
    const { events } = state.stripe;
    control.render();
    empty.hidden = events.length > 0;
    reconcile(list, events, {
      key: (event) => event.id,
      sign: JSON.stringify,
      build: (event) => line(event, tell),
    });
  };
  return { node, render };
}

function outcome({ deliveries, pending }) {
  const last = deliveries.at(-1);
  if (deliveries.some((one) => one.success))
    return deliveries.length > 1 ? `Delivered ×${deliveries.length}` : "Delivered";
  if (pending) return last ? "Failed delivery" : "On its way";
  return last ? "Not delivered" : "Not asked for";
}

function line(event, tell) {
  const status = outcome(event);
  const look = pill(status.replace(/ ×.*/, ""));
  look.textContent = status;
  const summary = h(
    "summary",
    { "data-focus": event.id },
    h("span.row-top", null, h("b.event-type", null, event.type), look),
    h(
      "span.row-about",
      null,
      h("span.grow", null, [event.reference, event.object].filter(Boolean).join(" · ")),
      h("time", null, clockTime(event.created, "en")),
    ),
  );
  const again = (label, body, name) =>
    action(
      label,
      `${event.id}/${name}`,
      () => post("deliver", { event_id: event.id, ...body }),
      tell,
    );
  const box = h(
    "details.row",
    { open: opened.has(event.id) },
    summary,
    h(
      "div.row-body",
      null,
      event.deliveries.length > 0 &&
        h("ol.deliveries", { "aria-label": "Deliveries" }, event.deliveries.map(delivery)),
      h("code.row-id", null, event.id),
      h(
        "div.actions",
        null,
        again("Deliver again", {}, "again"),
        again("Again in 60 s", { delay: LATER }, "later"),
      ),
    ),
  );
  summary.addEventListener("click", () =>
    box.open ? opened.delete(event.id) : opened.add(event.id),
  );
  return box;
}

function delivery({ at, status, success, error }) {
  const word = pill(success ? "Delivered" : "Failed");
  word.textContent = status || "no answer";
  return h(
    "li",
    null,
    word,
    h("time", null, shortTime(at)),
    error && h("span.error", { dir: "auto" }, error),
  );
}
