// Paying a Checkout from here, and giving money back.

import { action } from "./action.js";
import { major, minor, pretty } from "./amounts.js";
import { post } from "./api.js";
import { h } from "./dom.js";
import { pill, spoken } from "./status.js";
import { shortTime } from "./time.js";

const CARDS = [
  ["4242424242424242", "4242 · succeeds"],
  ["5555555555554444", "4444 · Mastercard, succeeds"],
  ["4000000000000002", "0002 · declined"],
  ["4000000000009995", "9995 · no funds"],
  ["4000000000000069", "0069 · expired card"],
  ["4000000000007726", "7726 · refund is pending first"],
  ["4000000000005126", "5126 · refund fails later"],
  ["4000000000000259", "0259 · disputed afterwards"],
  ["4000000000002685", "2685 · disputed as not received"],
  ["4000000000001976", "1976 · the bank asks afterwards"],
  ["AT321904300235473204", "SEPA debit · succeeds later"],
  ["AT591904300235473203", "SEPA debit · fails later"],
];

/** A form that is busy while it asks, and shows what was said. */
function asking(form, button, tell, ask) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      const text = await ask();
      if (text) tell(text);
    } catch (error) {
      tell(error.message);
    }
    button.removeAttribute("aria-busy");
  });
  return form;
}

/** Choose a test card and pay at once, without the Checkout page. */
export function payForm(session, tell) {
  const card = h(
    "select",
    { "aria-label": "Test card", "data-focus": `${session.id}/card` },
    CARDS.map(([number, says]) => h("option", { value: number }, says)),
  );
  const button = h("button.button", { type: "submit", "data-focus": `${session.id}/pay` }, "Pay");
  const form = h("form.inline-form", { "aria-label": "Pay with a test card" }, card, button);
  return asking(form, button, tell, async () => {
    const said = await post("pay", { session_id: session.id, card: card.value });
    return said.outcome === "paid" ? "" : said.message || spoken(said.outcome);
  });
}

const payAction = (label, route) => (session, tell) =>
  action(
    label,
    `${session.id}/${route}`,
    () => post(route, { session_id: session.id, card: CARDS[0][0] }),
    tell,
  );

/** The money comes although the Checkout had expired. */
export const lateAction = payAction("Pay after all", "pay/late");

/** The same is paid once more, by a Checkout of its own. */
export const againAction = payAction("Pay a second time", "pay/again");

/** Give all or part of a payment back, as the shop would. */
export function refundForm(payment, tell) {
  const { refundable_minor: most, exponent, currency, charge } = payment;
  const amount = h("input", {
    inputmode: "decimal",
    autocomplete: "off",
    size: "7",
    value: major(most, exponent),
    "aria-label": `Amount in ${currency.toUpperCase()}`,
    "data-focus": `${payment.id}/amount`,
  });
  const button = h(
    "button.button.primary",
    { type: "submit", "data-guide": "refund", "data-focus": `${payment.id}/refund` },
    "Refund",
  );
  const form = h(
    "form.inline-form",
    { "aria-label": "Refund" },
    h("span.prefixed", null, h("span", null, currency.toUpperCase()), amount),
    button,
  );
  return asking(form, button, tell, async () => {
    const units = minor(amount.value, exponent);
    if (!(units > 0 && units <= most)) {
      amount.focus();
      return `Give an amount up to ${pretty(`${major(most, exponent)} ${currency.toUpperCase()}`)}.`;
    }
    // Without an amount Stripe gives back all that is left.
    await post("refund", units === most ? { charge } : { charge, amount: units });
    return "";
  });
}

const ACTS = {
  submit: "Submit evidence",
  win: "Shop wins",
  lose: "Shop loses",
  close: "Close the inquiry",
  escalate: "Becomes a dispute",
};

/** How a dispute stands, and what shop and bank can do next. */
export function disputeLine(dispute, tell) {
  const inquiry = dispute.status.startsWith("warning_");
  const said = h(
    "p",
    null,
    pill(spoken(dispute.status)),
    ` ${inquiry ? "Inquiry" : "Dispute"} over ${pretty(dispute.amount)}, `,
    dispute.reason.replaceAll("_", " "),
    dispute.acts.includes("submit") && dispute.due_by
      ? `, answer by ${shortTime(dispute.due_by)}`
      : "",
  );
  const buttons = dispute.acts.map((act) =>
    action(
      ACTS[act],
      `${dispute.id}/${act}`,
      () => post("dispute/move", { dispute: dispute.id, act }),
      tell,
    ),
  );
  return h("div.dispute", null, said, buttons.length ? h("div.actions", null, buttons) : null);
}

/** What a charge's buyer can do at the bank. */
export const disputeActions = (charge, key, tell) => [
  action("Dispute", `${key}/dispute`, () => post("dispute", { charge }), tell),
  action("Bank asks", `${key}/inquiry`, () => post("dispute", { charge, inquiry: true }), tell),
];

/** How a delayed payment that is under way may end. */
export const endings = (session, tell) =>
  h(
    "div.actions",
    null,
    action(
      "Money arrives",
      `${session.id}/arrives`,
      () => post("finish", { session_id: session.id }),
      tell,
    ),
    action(
      "Payment fails",
      `${session.id}/fails`,
      () => post("finish", { session_id: session.id, succeeds: false }),
      tell,
    ),
  );

/** What refunds may draw on in a currency, and how to make them wait. */
export function balanceLine({ currency, available, limited }, tell) {
  const ask = (label, body) =>
    action(label, `${currency}/${label}`, () => post("balance", { currency, ...body }), tell);
  return h(
    "p.balance",
    null,
    h("span", null, limited ? `Balance for refunds: ${pretty(available)}` : `Balance: ${pretty(available)}`),
    limited ? ask("Top up", {}) : ask("Empty it", { available: 0 }),
  );
}
