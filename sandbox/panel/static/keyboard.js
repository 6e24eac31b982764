// The buttons under a message.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { openAs, openWhenKnown } from "./windows.js";
import { say } from "./words.js";

const SIGNS = { url: "arrow", web_app: "app", copy_text: "copy" };

const kindOf = (button) =>
  ["url", "web_app", "copy_text"].find((kind) => button[kind]) || "callback_data";

/** Make a message's inline keyboard, or nothing. */
export function keyboard(message, phone) {
  const rows = message.inline_keyboard;
  if (!rows?.length) return null;
  return h(
    "div.keyboard",
    { role: "group", "aria-label": say(phone.language, "buttons") },
    rows.map((buttons, row) =>
      h(
        "div.keys",
        null,
        buttons.map((button, column) => key(message, button, row, column, phone)),
      ),
    ),
  );
}

function key(message, button, row, column, phone) {
  const kind = kindOf(button);
  const look = ["primary", "success", "danger"].includes(button.style) ? `.${button.style}` : "";
  const place = { user: phone.id, message_id: message.message_id, row, column };
  const node = h(
    `button.key${look}`,
    {
      type: "button",
      "data-focus": `${message.message_id}/${row}/${column}`,
      "data-url": button.url,
    },
    h("span.key-text", { dir: "auto" }, button.text),
    SIGNS[kind] && icon(SIGNS[kind]),
  );
  node.addEventListener("click", () => press(node, kind, button, place, phone));
  return node;
}

async function press(node, kind, button, place, phone) {
  if (node.getAttribute("aria-busy")) return;
  node.setAttribute("aria-busy", "true");
  try {
    if (kind === "url") await openAs(phone.id, button.url);
    else if (kind === "web_app") await openWhenKnown(phone.id, () => post("touch", place));
    else if (kind === "copy_text") await copy(button.copy_text.text, phone);
    else await touch(place, phone);
  } catch (error) {
    phone.toast(error.message);
  } finally {
    node.removeAttribute("aria-busy");
  }
}

async function touch(place, phone) {
  const answer = await post("touch", place);
  if (!answer.toast) return;
  if (answer.alert) phone.alert(answer.toast);
  else phone.toast(answer.toast);
}

async function copy(text, phone) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    oldCopy(text);
  }
  phone.toast(`${say(phone.language, "copied")}: ${text}`);
}

// A page that is not on https or localhost has no clipboard of its own.
function oldCopy(text) {
  const field = h("textarea.away", { readonly: true }, text);
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
