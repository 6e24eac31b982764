import { pretty } from "./amounts.js";
import { h } from "./dom.js";
import { reconcile } from "./list.js";
import { pill, spoken } from "./status.js";
import { state } from "./store.js";
import { shortTime } from "./time.js";

export function refundsView() {
  const list = h("ul.rows");
  const empty = h(
    "p.empty",
    null,
    "No refunds yet. The bot gives money back when a paid booking is cancelled; you can too, under Payments.",
  );
  const node = h("div.view", null, empty, list);
  const render = () => {
    const { refunds } = state.stripe;
    empty.hidden = refunds.length > 0;
    reconcile(list, refunds, { key: (refund) => refund.id, sign: JSON.stringify, build: line });
  };
  return { node, render };
}

const line = (refund) =>
  h(
    "li.row.flat",
    null,
    h(
      "span.row-top",
      null,
      h("b.amount", null, pretty(refund.amount)),
      pill(spoken(refund.status)),
      h("time", null, shortTime(refund.created)),
    ),
    h(
      "span.row-about",
      null,
      [refund.reference, (refund.reason || "").replaceAll("_", " ")].filter(Boolean).join(" · "),
    ),
    h("code.row-id", null, refund.id),
  );
