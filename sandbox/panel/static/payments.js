// The list of payments, and what can be done to each.

import { action } from "./action.js";
import { post } from "./api.js";
import { money, pretty } from "./amounts.js";
import {
  againAction,
  disputeActions,
  disputeLine,
  endings,
  lateAction,
  payForm,
  refundForm,
} from "./payment-forms.js";
import { h } from "./dom.js";
import { ledger, totals } from "./ledger.js";
import { reconcile } from "./list.js";
import { pill } from "./status.js";
import { messagesOf, person, state } from "./store.js";
import { shortTime } from "./time.js";
import { openAs } from "./windows.js";

const opened = new Map();

/** Who was sent the link of this Checkout; the bot takes the link back, but names the booking later too. */
function payer({ session, reference }) {
  const linked = ({ inline_keyboard }) =>
    inline_keyboard?.flat().some(({ url }) => url && url === session?.url);
  const named = ({ from, html }) => from === "bot" && reference && html.includes(reference);
  const customers = state.people.filter(({ role }) => role !== "admin");
  return chatWith(state.people, linked) || chatWith(customers, named);
}

const chatWith = (people, fits) => people.find(({ id }) => messagesOf(id).some(fits))?.id;

export function paymentsView(tell) {
  const sums = h("div.sums");
  const list = h("div.rows");
  const empty = h(
    "p.empty",
    null,
    "No payments yet. When somebody confirms a booking, its Checkout appears here.",
  );
  const node = h("div.view", null, sums, empty, list);
  const render = () => {
    const rows = ledger(state.stripe);
    empty.hidden = rows.length > 0;
    showSums(sums);
    reconcile(list, rows, {
      key: (row) => row.key,
      sign: (row) => JSON.stringify([row, payer(row)]),
      build: (row) => line(row, payer(row), row === rows[0], tell),
    });
  };
  /** Open the row that an object of Stripe belongs to, and give it. */
  const lead = (id) => {
    const row = list.querySelector(`[data-about~="${CSS.escape(id)}"]`);
    // A click is remembered, so the row stays open when it is made again.
    if (row && !row.open) row.querySelector("summary").click();
    row?.querySelector("summary").focus({ preventScroll: true });
    return row;
  };
  return { node, render, lead };
}

function showSums(sums) {
  const all = totals(state.stripe.payments);
  sums.hidden = !all.length;
  sums.replaceChildren(
    ...all.flatMap(({ currency, places, taken, back }) => [
      figure("Taken", money(taken, currency, places)),
      figure("Given back", money(back, currency, places)),
      figure("Taken less refunds", money(taken - back, currency, places)),
    ]),
  );
}

const figure = (label, value) =>
  h("div.figure", null, h("small", null, label), h("b", null, value));

function line(row, owner, newest, tell) {
  const { payment, disputes } = row;
  const name = owner ? person(owner).name : "";
  const about = [row.session?.description, row.reference].filter(Boolean).join(" · ");
  const summary = h(
    "summary",
    { "data-focus": row.key },
    h(
      "span.row-top",
      null,
      h("b.amount", null, pretty(row.amount)),
      pill(row.status),
      h("time", null, shortTime(row.created)),
    ),
    h("span.row-about", { dir: "auto" }, [name, about].filter(Boolean).join(" · ") || row.key),
  );
  const box = h(
    "details.row",
    {
      "data-status": row.status,
      "data-about": [row.key, payment?.id, payment?.charge, ...disputes.map(({ id }) => id)].join(" "),
      open: opened.get(row.key) ?? newest,
    },
    summary,
    h("div.row-body", null, body(row, owner, tell)),
  );
  summary.addEventListener("click", () => opened.set(row.key, !box.open));
  return box;
}

function body(row, owner, tell) {
  const { session, payment } = row;
  const facts = [];
  if (payment?.card) facts.push(["Method", payment.card]);
  if (row.error) facts.push(["Last try", row.error]);
  if (payment && !/^0(\.0*)? /.test(payment.refunded))
    facts.push(["Given back", pretty(payment.refunded)]);
  if (session?.status === "open") facts.push(["Open until", shortTime(session.expires_at)]);
  const id = payment?.status === "succeeded" ? payment.id : session?.id || payment?.id;
  facts.push(["ID", h("code", null, id)]);
  const shown = h(
    "dl.facts",
    null,
    facts.map(([term, fact]) =>
      h("div", null, h("dt", null, term), h("dd", { dir: "auto" }, fact)),
    ),
  );
  return [shown, ...row.disputes.map((one) => disputeLine(one, tell)), ...actions(row, owner, tell)];
}

function actions(row, owner, tell) {
  const { session, payment } = row;
  const done = [];
  if (session?.status === "open") {
    const open = h(
      "button.button.primary",
      {
        type: "button",
        "data-focus": `${row.key}/open`,
        onclick: () => openAs(owner || firstCustomer(), session.url),
      },
      "Open Checkout",
    );
    const expire = action(
      "Expire",
      `${row.key}/expire`,
      () => post("expire", { session_id: session.id }),
      tell,
    );
    done.push(h("div.actions", null, open, expire), payForm(session, tell));
  }
  if (session?.status === "expired") done.push(h("div.actions", null, lateAction(session, tell)));
  if (payment?.status === "processing" && session) done.push(endings(session, tell));
  if (payment?.status === "succeeded") {
    if (payment.refundable_minor > 0 && !payment.blocked) done.push(refundForm(payment, tell));
    const others = [];
    if (payment.receipt_url)
      others.push(
        h(
          "button.button",
          {
            type: "button",
            "data-focus": `${row.key}/receipt`,
            onclick: () => openAs(owner || firstCustomer(), payment.receipt_url),
          },
          "Receipt",
        ),
      );
    if (!payment.disputed && payment.refundable_minor > 0)
      others.push(...disputeActions(payment.charge, row.key, tell));
    if (session?.payment_status === "paid") others.push(againAction(session, tell));
    if (others.length) done.push(h("div.actions", null, others));
  }
  return done;
}

const firstCustomer = () => state.people.find(({ role }) => role !== "admin")?.id;
