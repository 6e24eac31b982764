import { h } from "./dom.js";

const LOOKS = {
  good: ["Succeeded", "Paid", "Delivered", "Won", "No payment needed"],
  wait: ["Open", "Processing", "Pending", "On its way", "Needs confirmation", "Under review"],
  warn: ["Partly refunded", "Disputed", "Needs a response", "Failed delivery"],
  bad: ["Failed", "Declined", "Lost", "Not delivered"],
};

/** A small coloured word; the word itself says it, the colour only helps. */
export function pill(word) {
  const look = Object.keys(LOOKS).find((name) => LOOKS[name].includes(word)) || "quiet";
  return h(`span.pill.${look}`, null, word);
}

const WORDS = {
  succeeded: "Succeeded",
  failed: "Failed",
  pending: "Pending",
  processing: "Processing",
  canceled: "Cancelled",
  requires_action: "Needs confirmation",
  requires_payment_method: "Declined",
  needs_response: "Needs a response",
  warning_needs_response: "Needs a response",
  under_review: "Under review",
  warning_under_review: "Under review",
  warning_closed: "Closed",
  won: "Won",
  lost: "Lost",
};

/** Stripe's word as a person would say it. */
export const spoken = (status) => WORDS[status] || (status || "").replaceAll("_", " ");
