// The guided first minute: what to try next, how to tell that it is done, and where it is on the page.

import { messagesOf, state } from "./store.js";

const customers = () => state.people.filter((one) => one.role !== "admin");
const customer = (at) => customers()[at];
const admin = () => state.people.find((one) => one.role === "admin");
const chatOf = (one) => (one ? messagesOf(one.id) : []);
const buttonsOf = (one) => chatOf(one).flatMap((message) => message.inline_keyboard?.flat() || []);
const nameOf = (at) => customer(at)?.name || "the customer";

const isTime = ({ text }) => /^\p{Nd}{1,2}[:.]\p{Nd}{2}$/u.test(text.trim());
const isCheckout = ({ url }) => Boolean(url) && url.includes("/c/pay/");

const paidReference = () =>
  state.stripe.payments.find((payment) => payment.status === "succeeded")?.reference || "BK-…";
const paid = () => state.stripe.payments.some((payment) => payment.status === "succeeded");

/** A phone's newest buttons, or else where to write. */
const newest = (one) => ({
  tab: one?.id,
  find: (node) =>
    [...node.querySelectorAll(".message")].at(-1)?.querySelector(".key") ||
    node.querySelector(".big, .field"),
});

const field = (one) => ({ tab: one?.id, find: (node) => node.querySelector(".field, .big") });

const booked = () =>
  state.stripe.sessions.length > 0 || chatOf(customer(0)).some((message) => message.document);

/** The newest payment link, or else where to go on. */
const toPay = () =>
  buttonsOf(customer(0)).some(isCheckout)
    ? {
        tab: customer(0)?.id,
        find: (node) => [...node.querySelectorAll('[data-url*="/c/pay/"]')].at(-1),
      }
    : newest(customer(0));

/** What a step is about is not there yet when steps before it were passed over. */
const afterBooking = {
  met: booked,
  text: () => `There is no booking yet: book as ${nameOf(0)} first.`,
  where: () => newest(customer(0)),
};
const afterPaying = {
  met: paid,
  text: () => `Nothing is paid yet: book and pay as ${nameOf(0)} first.`,
  where: toPay,
};

export const STEPS = [
  {
    name: "book",
    title: () => `Book as ${nameOf(0)}`,
    text: () => "Tap Start, then Book. Choose a service and a time, and confirm.",
    done: booked,
    where: () => newest(customer(0)),
  },
  {
    name: "pay",
    title: () => "Pay the booking",
    text: () =>
      "Open the payment link and pay with the test card 4242 4242 4242 4242. No money moves.",
    done: paid,
    needs: afterBooking,
    where: toPay,
  },
  {
    name: "receipt",
    title: () => "Look at what came back",
    text: () => "A receipt, a calendar file and a QR code. Open the file or the code.",
    done: (seen) => seen.has(`${customer(0)?.id}/file`) || seen.has(`${customer(0)?.id}/photo`),
    needs: afterPaying,
    where: () => ({
      tab: customer(0)?.id,
      find: (node) =>
        [...node.querySelectorAll(".photo")].at(-1) || [...node.querySelectorAll(".file")].at(-1),
    }),
  },
  {
    name: "second",
    title: () => `Now ${nameOf(1)} wants the same time`,
    text: () =>
      `Book as ${nameOf(1)} too, as far as the times: with the same person, ${nameOf(0)}’s time is no longer offered.`,
    done: () => buttonsOf(customer(1)).filter(isTime).length > 2,
    needs: afterBooking,
    where: () => newest(customer(1)),
  },
  {
    name: "today",
    title: () => "See it as the shop does",
    text: () => `On ${admin()?.name || "the admin"}’s phone, send /today.`,
    done: () =>
      chatOf(admin()).some((message) => message.from === "user" && /^\/today/.test(message.html)),
    where: () => field(admin()),
  },
  {
    name: "refund",
    title: () => "Give the money back",
    text: () =>
      `As ${admin()?.name || "the admin"}, send /refund ${paidReference()}, or press Refund in the Stripe panel: ${nameOf(0)} is told.`,
    done: () => state.stripe.refunds.length > 0,
    needs: afterPaying,
    where: () => ({
      tab: "stripe",
      view: "payments",
      find: (node) => node.querySelector('[data-guide="refund"]'),
    }),
  },
  {
    name: "language",
    title: () => `${nameOf(2)} writes Bengali`,
    text: () =>
      `Start as ${nameOf(2)}: the same bot speaks her language. The ⋮ menu changes anybody’s.`,
    done: () => chatOf(customer(2)).some((message) => message.from === "bot"),
    where: () => newest(customer(2)),
  },
  {
    name: "clock",
    title: () => "Let a hold run out",
    text: () => "Book once more without paying, then move the clock 1 h: the time is free again.",
    done: () => state.stripe.sessions.some((session) => session.status === "expired"),
    where: () =>
      state.stripe.sessions.some((session) => session.status === "open")
        ? { find: () => document.querySelector('[data-guide="clock-3600"]') }
        : newest(customer(2)),
  },
];
