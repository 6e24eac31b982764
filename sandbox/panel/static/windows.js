// Checkout, Mini Apps and other pages open beside the phones, in a window that knows whose it is.

import { post } from "./api.js";
import { on, state } from "./store.js";

const WIDE = "(min-width: 760px)";
const DASHBOARD = /^\/dashboard\/(?:.*\/)?(.+)$/;

const features = () => (matchMedia(WIDE).matches ? "popup,width=440,height=820" : "");

export function ours(url) {
  try {
    return new URL(url, location.href).origin === location.origin;
  } catch {
    return false;
  }
}

/** Open a link as one of the people; one into the bot's own chat or the Dashboard leads there right here. */
export function openAs(id, url) {
  if (!ours(url)) {
    window.open(url, "_blank", "noopener,noreferrer");
    return Promise.resolve();
  }
  const there = new URL(url, location.href);
  if (there.pathname === `/t.me/${state.bot.username}`) {
    return post("start", { user: id, payload: there.searchParams.get("start") || "" });
  }
  const shown = DASHBOARD.exec(there.pathname);
  if (shown) document.dispatchEvent(new CustomEvent("demo:dashboard", { detail: shown[1] }));
  else window.open(url, `phone-${id}`, features())?.focus();
  return Promise.resolve();
}

/** Open the window at once, as browsers want it on a click, and fill it when the url is known. */
export async function openWhenKnown(id, ask) {
  const opened = window.open("", `phone-${id}`, features());
  try {
    const { value } = await ask();
    if (opened) opened.location.href = value;
  } catch (error) {
    opened?.close();
    throw error;
  }
}

/** Tell `listener(id)` which object of Stripe a link into its Dashboard leads to. */
export function onDashboard(listener) {
  document.addEventListener("demo:dashboard", ({ detail }) => listener(detail));
  // A link that was opened elsewhere comes with the page's own address; it leads there once.
  let [, asked] = /^#dashboard\/(.+)$/.exec(location.hash) || [];
  if (asked) history.replaceState(null, "", location.pathname);
  on("stripe", () => {
    if (asked) listener(asked);
    asked = "";
  });
}

/** Tell `listener(id)` when a window has led somebody back to the chat. */
export function onWayBack(listener) {
  const channel = new BroadcastChannel("booking-demo");
  channel.addEventListener("message", ({ data }) => data?.show && listener(Number(data.show)));
}
