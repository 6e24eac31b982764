// The keyboard a bot can put in place of the phone's own, for example to ask for a number.

import { post } from "./api.js";
import { h } from "./dom.js";
import { say } from "./words.js";

/** The reply keyboard that counts now, and whether it has been used up. */
export function currentKeys(messages) {
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const { reply_keyboard: keys, remove_keyboard: removed, message_id } = messages[at];
    if (removed) return null;
    if (keys?.rows?.length) {
      const answered = messages.slice(at + 1).some((message) => message.from === "user");
      return { ...keys, id: message_id, used: Boolean(keys.one_time && answered) };
    }
  }
  return null;
}

/** Make the keyboard's node. */
export function replyKeyboard(keys, phone) {
  return h(
    "div.reply-keys",
    { role: "group", "aria-label": say(phone.language, "buttons") },
    keys.rows.map((row) =>
      h(
        "div.keys",
        null,
        row.map((button) => replyKey(button, phone)),
      ),
    ),
  );
}

function replyKey(button, phone) {
  const node = h("button.reply-key", { type: "button" }, h("span", { dir: "auto" }, button.text));
  node.addEventListener("click", async () => {
    node.setAttribute("aria-busy", "true");
    try {
      if (button.request_contact) await post("contact", { user: phone.id });
      else await post("say", { user: phone.id, text: button.text });
    } catch (error) {
      phone.toast(error.message);
    }
    node.removeAttribute("aria-busy");
    phone.focusField();
  });
  return node;
}
