// What the page knows. The server tells it; nothing here is guessed.

const listeners = new Map();

export const state = {
  clock: null,
  bot: { name: "", username: "", description: "", shop: "" },
  people: [],
  messages: new Map(),
  stripe: { sessions: [], payments: [], refunds: [], disputes: [], events: [], balance: [], next: [] },
};

/** Call `listener` whenever that part ("clock", "bot", "people", "messages", "stripe") changed. */
export function on(part, listener) {
  if (!listeners.has(part)) listeners.set(part, []);
  listeners.get(part).push(listener);
}

/** Take in what the server says: everything, or only what changed. */
export function take(said) {
  const chats = new Set();
  if (said.full) {
    for (const chat of state.messages.keys()) chats.add(chat);
    state.messages.clear();
  }
  for (const message of said.messages || []) {
    chats.add(message.chat);
    if (!state.messages.has(message.chat)) state.messages.set(message.chat, new Map());
    state.messages.get(message.chat).set(message.message_id, message);
  }
  for (const part of ["bot", "people"]) if (said[part]) state[part] = said[part];
  if (said.stripe) state.stripe = { ...state.stripe, ...said.stripe };
  if (said.clock) state.clock = { ...said.clock, seen: performance.now() };
  for (const part of ["bot", "clock", "people"]) if (said[part]) tell(part);
  if (chats.size || said.full) tell("messages", chats, Boolean(said.full));
  if (said.stripe) tell("stripe");
  tell("any");
}

function tell(part, ...facts) {
  for (const listener of listeners.get(part) || []) listener(...facts);
}

/** The messages of a chat that are there to see, oldest first. */
export function messagesOf(chat) {
  const all = [...(state.messages.get(chat)?.values() || [])];
  return all.filter((message) => !message.deleted).sort((a, b) => a.message_id - b.message_id);
}

export const person = (id) => state.people.find((one) => one.id === id);
