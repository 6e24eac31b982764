import { pretty } from "./amounts.js";
import { balanceLine } from "./payment-forms.js";
import { h } from "./dom.js";
import { reconcile } from "./list.js";
import { pill, spoken } from "./status.js";
import { state } from "./store.js";
import { shortTime } from "./time.js";

export function refundsView(tell) {
  const list = h("ul.rows");
  const empty = h(
    "p.empty",
    null,
    "No refunds yet. The bot gives money back when a paid booking is cancelled; you can too, under Payments.",
  );
  const balance = h("div.balances");
  const node = h("div.view", null, balance, empty, list);
  const render = () => {
    const { refunds } = state.stripe;
    reconcile(balance, state.stripe.balance, {
      key: ({ currency }) => currency,
      sign: JSON.stringify,
      build: (one) => balanceLine(one, tell),
    });
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
