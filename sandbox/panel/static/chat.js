// The messages of one chat, and where the reader is in them.

import { bubble, bubbleSign, updateTicks } from "./bubble.js";
import { h, icon } from "./dom.js";
import { reconcile } from "./list.js";
import { dayKey, dayName, now } from "./time.js";
import { say } from "./words.js";

const NEAR = 48;
const TOGETHER = 300;
const MARGIN = 10;

export class Chat {
  constructor(phone) {
    this.phone = phone;
    this.stuck = true;
    this.set = 0;
    this.fresh = 0;
    this.first = true;
    this.log = h("div.log", { role: "log", "aria-live": "polite", tabindex: "0" });
    this.latestWords = h("span");
    this.latest = h(
      "button.latest",
      { type: "button", hidden: true, onclick: () => this.toEnd() },
      this.latestWords,
      icon("down"),
    );
    this.node = h("div.chat", null, this.log, this.latest);
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.stuck && this.settle()).observe(this.log);
  }

  render(messages) {
    let changed = false;
    const last = this.lastId;
    reconcile(this.log, this.items(messages), {
      key: (item) => item.key,
      sign: (item) => item.sign,
      build: (item) =>
        item.day ? h("div.day", null, h("span", null, item.day)) : bubble(item.message, this.phone),
      update: (node, item) => {
        if (item.day) return;
        node.classList.toggle("tail", item.tail);
        if (item.message.from === "user") updateTicks(node, item.message);
      },
      onnew: (node, item) => {
        changed = true;
        if (!this.first && !item.day) node.classList.add("fresh");
      },
      onreplace: (node) => {
        changed = true;
        node.classList.add("changed");
      },
    });
    this.lastId = messages.at(-1)?.message_id || 0;
    const added = messages.filter((message) => message.message_id > last);
    const mine = added.some((message) => message.from === "user");
    if (this.stuck || mine) {
      if (changed) this.settle();
    } else {
      this.fresh += added.length;
      this.showLatest();
    }
    this.first = false;
  }

  /** Forget what was there, so that a new beginning does not look like news. */
  reset() {
    this.first = true;
    this.fresh = 0;
  }

  items(messages) {
    const { language } = this.phone;
    const items = [];
    let day = "";
    messages.forEach((message, at) => {
      const key = dayKey(message.date);
      if (key !== day) {
        day = key;
        const name =
          key === dayKey(now()) ? say(language, "today") : dayName(message.date, language);
        items.push({ key: `day/${key}`, sign: name, day: name });
      }
      const next = messages[at + 1];
      const tail = !next || next.from !== message.from || next.date - message.date > TOGETHER;
      items.push({ key: message.message_id, sign: bubbleSign(message, this.phone), message, tail });
    });
    return items;
  }

  scrolled() {
    if (Math.abs(this.log.scrollTop - this.set) < 2) return;
    this.set = -1;
    this.stuck = this.below() < NEAR;
    if (this.stuck) this.fresh = 0;
    this.showLatest();
  }

  below() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
  }

  /** Show the newest message; one taller than the screen from its beginning, unless its `end` is wanted. */
  settle(end = false) {
    const last = this.log.lastElementChild;
    if (!last) return;
    const tall = !end && !last.querySelector(".keyboard") && last.offsetHeight > this.log.clientHeight - 2 * MARGIN;
    this.log.scrollTop = tall ? last.offsetTop - MARGIN : this.log.scrollHeight;
    this.set = this.log.scrollTop;
    this.stuck = true;
    this.fresh = 0;
    this.showLatest();
  }

  toEnd() {
    this.settle(true);
    this.log.focus({ preventScroll: true });
  }

  /** Show the newest message and put the focus there. */
  toNewest() {
    this.settle();
    const last = this.log.lastElementChild;
    (last?.querySelector(".key") || last || this.log).focus({ preventScroll: true });
  }

  showLatest() {
    const { language } = this.phone;
    this.latest.hidden = this.below() < NEAR * (this.fresh ? 1 : 2);
    this.latestWords.textContent = this.fresh ? say(language, "fresh") : "";
    this.latest.setAttribute("aria-label", say(language, this.fresh ? "fresh" : "latest"));
  }
}
