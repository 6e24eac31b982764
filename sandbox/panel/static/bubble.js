// One message of a chat.

import { attachments } from "./attachments.js";
import { h, ticks } from "./dom.js";
import { rich } from "./entities.js";
import { keyboard } from "./keyboard.js";
import { clockTime, fullTime } from "./time.js";
import { say } from "./words.js";

/** Make the node of a message. */
export function bubble(message, phone) {
  const mine = message.from === "user";
  const { above, below } = attachments(message, phone);
  const meta = h(
    "span.meta",
    { title: fullTime(message.date, phone.language) },
    message.edited && h("span.edited", null, say(phone.language, "edited")),
    h(
      "time",
      { datetime: new Date(message.date * 1000).toISOString() },
      clockTime(message.date, phone.language),
    ),
    mine && h("span.tick-place"),
  );
  const words = message.html
    ? h("div.words", null, rich(message.html, phone), meta)
    : h("div.words.bare", null, meta);
  const body = h("div.bubble", null, above, words, below);
  if (message.photo) body.classList.add("with-photo");
  if (message.effect) body.append(h("span.effect", { "aria-hidden": "true" }, "🎉"));
  return h(
    mine ? "article.message.out" : "article.message.in",
    { "data-focus": `${message.message_id}`, "data-id": message.message_id, tabindex: "-1" },
    body,
    keyboard(message, phone),
  );
}

/** Show whether the bot has taken the message. */
export function updateTicks(node, message) {
  const place = node.querySelector(".tick-place");
  const mark = message.read ? "two" : "one";
  if (!place || place.dataset.ticks === mark) return;
  place.dataset.ticks = mark;
  place.replaceChildren(ticks(message.read));
  place.title = message.read ? "The bot has it" : "Sent";
}

/** Everything of a message that is worth making its node again. */
export const bubbleSign = (message, phone) =>
  JSON.stringify({
    ...message,
    read: null,
    reply_keyboard: null,
    remove_keyboard: null,
    language: phone.language,
  });
