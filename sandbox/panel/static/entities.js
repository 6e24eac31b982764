// A message's text: Telegram's own few tags become elements, everything else stays plain text.

import { h } from "./dom.js";
import { fullTimeHere, marked, relative } from "./time.js";

const PLAIN = {
  b: "b",
  strong: "b",
  i: "i",
  em: "i",
  u: "u",
  ins: "u",
  s: "s",
  strike: "s",
  del: "s",
  code: "code",
  pre: "pre",
};
const LIVE =
  /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|((?<![\w/])\/[a-z][a-z0-9_]{0,31}\b)|((?<![\w@])@[a-z][a-z0-9_]{3,31}\b)/gi;

/**
 * Make nodes of a message's html. `phone` gives the reader's `language` and what a tap does:
 * `open(url)` for links and `send(text)` for commands.
 */
export function rich(html, phone) {
  const parsed = new DOMParser().parseFromString(html || "", "text/html");
  return walk(parsed.body, phone, true);
}

function walk(parent, phone, live) {
  return [...parent.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return live ? linked(node.data, phone) : [node.data];
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    return element(node, phone, live);
  });
}

function element(node, phone, live) {
  const tag = node.localName;
  if (Object.hasOwn(PLAIN, tag)) {
    const literal = tag === "code" || tag === "pre";
    const dir = tag === "code" ? "ltr" : null; // a reference among words read right to left
    return [h(PLAIN[tag], { dir }, walk(node, phone, live && !literal))];
  }
  if (tag === "a") return [anchor(node.getAttribute("href"), walk(node, phone, false), phone)];
  if (tag === "blockquote") return [quote(node, phone, live)];
  if (tag === "tg-spoiler") return [spoiler(walk(node, phone, live))];
  if (tag === "tg-time") return [time(node, phone)];
  if (tag === "br") return ["\n"];
  return walk(node, phone, live);
}

function quote(node, phone, live) {
  const folded = node.hasAttribute("expandable");
  const block = h(folded ? "blockquote.folded" : "blockquote", null, walk(node, phone, live));
  if (!folded) return block;
  const toggle = () => block.classList.toggle("folded");
  block.tabIndex = 0;
  block.addEventListener("click", toggle);
  block.addEventListener("keydown", (event) => event.key === "Enter" && toggle());
  return block;
}

function linked(text, phone) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(LIVE)) {
    parts.push(text.slice(done, found.index));
    const [whole, url, command] = found;
    if (url) parts.push(anchor(url, [url], phone));
    else if (command) parts.push(commandLink(command, phone));
    else parts.push(h("span.mention", { dir: "ltr" }, whole));
    done = found.index + whole.length;
  }
  parts.push(text.slice(done));
  return parts;
}

function anchor(href, inside, phone) {
  const safe = /^(https?|mailto|tel):/i.test(href || "") ? href : null;
  if (!safe) return h("span", null, inside);
  const link = h("a", { href: safe, rel: "noopener noreferrer", target: "_blank" }, inside);
  if (/^http/i.test(safe)) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      phone.open(safe);
    });
  }
  return link;
}

const commandLink = (command, phone) =>
  h("button.command", { type: "button", dir: "ltr", onclick: () => phone.send(command) }, command);

function spoiler(inside) {
  const cover = h(
    "span.spoiler",
    { role: "button", tabindex: "0", "aria-label": "Hidden text" },
    inside,
  );
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    cover.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
  };
  cover.addEventListener("click", show, { once: true });
  cover.addEventListener("keydown", show);
  return cover;
}

function time(node, phone) {
  const unix = Number(node.getAttribute("unix"));
  const format = node.getAttribute("format") || "";
  const text =
    format && Number.isFinite(unix) ? marked(unix, format, phone.language) : node.textContent;
  const mark = h("time.tg-time", null, text);
  if (Number.isFinite(unix)) {
    mark.dateTime = new Date(unix * 1000).toISOString();
    mark.title = `${fullTimeHere(unix, phone.language)} · ${relative(unix, phone.language)}`;
    if (/^r$/i.test(format)) Object.assign(mark.dataset, { unix, language: phone.language });
  }
  return mark;
}

/** Let relative times go on as the clock does. */
export function refreshTimes() {
  for (const mark of document.querySelectorAll("time[data-unix]")) {
    const text = relative(Number(mark.dataset.unix), mark.dataset.language);
    if (mark.textContent !== text) mark.textContent = text;
  }
}
