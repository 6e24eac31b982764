// Joins what Stripe keeps apart: a Checkout Session, the tries to pay it, and what became of the money.

import { parts } from "./amounts.js";
import { spoken } from "./status.js";

const zero = (amount) => parts(amount).value === 0;

function sessionOf(payment, sessions) {
  if (payment.session) return sessions.find((session) => session.id === payment.session);
  const same = sessions.filter(
    (session) =>
      (session.payment && session.payment === payment.id) ||
      (!session.payment &&
        payment.reference &&
        session.reference === payment.reference &&
        session.created <= payment.created + 1),
  );
  return (
    same.find((session) => session.status === "complete" && payment.status === "succeeded") ||
    same[0]
  );
}

/** All rows of the payments list, newest first: { key, session, payment, tries, disputes, status, … }. */
export function ledger({ sessions, payments, disputes }) {
  const rows = new Map(
    sessions.map((session) => [session.id, { key: session.id, session, tries: [] }]),
  );
  const alone = [];
  for (const payment of payments) {
    const session = sessionOf(payment, sessions);
    if (session) rows.get(session.id).tries.push(payment);
    else alone.push({ key: payment.id, session: null, tries: [payment] });
  }
  return [...rows.values(), ...alone]
    .map((row) => complete(row, disputes))
    .sort((one, other) => other.created - one.created);
}

function complete(row, disputes) {
  const tries = [...row.tries].sort((one, other) => other.created - one.created);
  const payment = tries.find((one) => one.status === "succeeded") || tries[0] || null;
  const known = disputes.filter((dispute) => payment && dispute.charge === payment.charge);
  const source = payment?.status === "succeeded" ? payment : row.session || payment;
  return {
    ...row,
    tries,
    payment,
    disputes: known,
    amount: source.amount,
    reference: row.session?.reference || payment?.reference || "",
    created: row.session?.created || payment.created,
    status: statusOf(row.session, payment, known),
    error: payment && payment.status !== "succeeded" ? payment.error : "",
  };
}

function statusOf(session, payment, disputes) {
  if (payment?.status === "succeeded") {
    if (payment.disputed || disputes.length) return disputeStatus(disputes);
    if (zero(payment.refunded)) return "Succeeded";
    return payment.refundable_minor > 0 ? "Partly refunded" : "Refunded";
  }
  if (session?.status === "expired") return "Expired";
  // Only a delayed payment fails after its Checkout is complete.
  if (payment && session?.status === "complete")
    return payment.status === "processing" ? "Processing" : "Failed";
  if (session?.status === "open") return "Open";
  if (session?.payment_status === "no_payment_required") return "No payment needed";
  return payment ? spoken(payment.status) : "Processing";
}

function disputeStatus(disputes) {
  if (disputes.some((dispute) => dispute.status === "lost")) return "Lost";
  return disputes.length && disputes.every(({ status }) => ["won", "warning_closed"].includes(status))
    ? "Succeeded"
    : "Disputed";
}

/** Money taken and given back, by currency: [{currency, places, taken, back}]. */
export function totals(payments) {
  const sums = new Map();
  for (const payment of payments) {
    if (payment.status !== "succeeded") continue;
    const { value, currency } = parts(payment.amount);
    const sum = sums.get(currency) || {
      currency,
      places: payment.exponent ?? 2,
      taken: 0,
      back: 0,
    };
    sum.taken += value;
    sum.back += parts(payment.refunded).value;
    sums.set(currency, sum);
  }
  return [...sums.values()];
}
