// What came while nobody could see it.

import { messagesOf, on, state } from "./store.js";
import { STRIPE } from "./tabs.js";

const seen = new Map();

const latest = (chat) => messagesOf(chat).at(-1)?.message_id || 0;

const newest = () => Math.max(0, ...state.stripe.events.map((event) => event.created));

/** Keep the tabs' badges right. */
export function watchUnread(tabs) {
  const refresh = () => {
    for (const { id } of state.people) refreshChat(tabs, id);
    refreshStripe(tabs);
  };
  on("messages", (_chats, full) => {
    if (full) seen.clear();
    refresh();
  });
  on("stripe", refresh);
  document.addEventListener("visibilitychange", refresh);
  return refresh;
}

function refreshChat(tabs, id) {
  if (!seen.has(id) || tabs.visible(id)) seen.set(id, latest(id));
  const unread = messagesOf(id).filter(
    (message) => message.from === "bot" && message.message_id > seen.get(id),
  );
  tabs.badge(id, unread.length);
}

function refreshStripe(tabs) {
  if (!seen.has(STRIPE) || tabs.visible(STRIPE)) seen.set(STRIPE, newest());
  const unread = state.stripe.events.filter((event) => event.created > seen.get(STRIPE));
  tabs.badge(STRIPE, unread.length);
}
