// What a message carries besides words: a file, a picture, a contact, a place, a link's picture.

import { h, icon } from "./dom.js";
import { showPicture } from "./lightbox.js";
import { ours } from "./windows.js";
import { say } from "./words.js";

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`);

const seen = (message, kind) =>
  document.dispatchEvent(new CustomEvent("demo:opened", { detail: { chat: message.chat, kind } }));

function file(message, phone) {
  const { name, size: bytes, url } = message.document;
  return h(
    "a.file",
    {
      href: url,
      download: name,
      title: say(phone.language, "save"),
      "data-focus": `${message.message_id}/file`,
      onclick: () => seen(message, "file"),
    },
    h("span.file-icon", null, icon("file")),
    h("span.file-words", null, h("b", null, h("bdi", null, name)), h("small", null, size(bytes))),
  );
}

function photo(message, phone) {
  const { url, width, height } = message.photo;
  const label = `${say(phone.language, "picture")}: ${message.html.replace(/<[^>]*>/g, "")}`;
  const open = () => {
    seen(message, "photo");
    showPicture(url, label);
  };
  return h(
    "button.photo",
    {
      type: "button",
      "aria-label": label,
      "data-focus": `${message.message_id}/photo`,
      onclick: open,
    },
    h("img", { src: url, width, height, alt: "", decoding: "async" }),
  );
}

const contact = (message) =>
  h(
    "div.card-line",
    null,
    h("span.card-icon", null, icon("person")),
    h(
      "span.file-words",
      null,
      h("b", { dir: "auto" }, message.contact.name),
      h("small", { dir: "ltr" }, message.contact.phone),
    ),
  );

const venue = (message) =>
  h(
    "div.venue",
    null,
    h("div.map", { "aria-hidden": "true" }, icon("pin")),
    h(
      "span.file-words",
      null,
      h("b", { dir: "auto" }, message.venue.title),
      h("small", { dir: "auto" }, message.venue.address),
    ),
  );

/** The picture of a link; one of another place is only named, as this page loads nothing from there. */
function preview({ url, large }, phone) {
  const open = () => phone.open(url);
  if (!ours(url)) {
    return h("button.preview.named", { type: "button", onclick: open }, new URL(url).host);
  }
  return h(
    large ? "button.preview.large" : "button.preview",
    { type: "button", "aria-label": say(phone.language, "picture"), onclick: open },
    h("img", { src: url, alt: "", decoding: "async" }),
  );
}

/** What stands above and what stands below the words of a message. */
export function attachments(message, phone) {
  const above = [];
  const below = [];
  if (message.document) above.push(file(message, phone));
  if (message.photo) above.push(photo(message, phone));
  if (message.contact) above.push(contact(message));
  if (message.venue) above.push(venue(message));
  if (message.preview?.url) {
    (message.preview.above ? above : below).push(preview(message.preview, phone));
  }
  return { above, below };
}
