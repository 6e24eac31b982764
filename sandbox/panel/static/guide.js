// A small card that suggests the next thing to try and notices when it has been done.

import { h, icon } from "./dom.js";
import { STEPS } from "./steps.js";
import { on, state } from "./store.js";

const KEPT = "booking-demo-guide";
const PULSE = 2400;
const PRAISE = 1600;

/** Bring an element into sight and let it be noticed. */
export function point(node) {
  if (!node) return;
  node.scrollIntoView({ block: "nearest" });
  node.focus({ preventScroll: true });
  node.classList.add("pointed");
  setTimeout(() => node.classList.remove("pointed"), PULSE);
}

/** What has to be done before a step can be, or null. */
function hindrance({ needs }) {
  return needs && !needs.met() ? needs : null;
}

export class Guide {
  /** `go(where)` brings a place to the front and gives back its element. */
  constructor(host, opener, go) {
    this.host = host;
    this.opener = opener;
    this.go = go;
    this.seen = new Set();
    const kept = this.read();
    this.done = new Set(kept.done);
    this.skipped = new Set(kept.skipped);
    this.hidden = Boolean(kept.hidden);
    this.make();
    opener.append(icon("guide"));
    opener.setAttribute("aria-label", "Guide");
    opener.addEventListener("click", () => this.toggle());
    document.addEventListener("demo:opened", ({ detail }) => {
      this.seen.add(`${detail.chat}/${detail.kind}`);
      this.look();
    });
    on("messages", (_chats, full) => full && this.maybeForget());
    on("any", () => this.look());
  }

  make() {
    this.count = h("span.guide-count");
    this.title = h("b");
    this.text = h("span.guide-text");
    this.words = h("p.guide-words", { role: "status" }, this.count, this.title, " ", this.text);
    this.showMe = h(
      "button.button.primary",
      { type: "button", onclick: () => this.point() },
      "Show me",
    );
    this.next = h("button.button", { type: "button", onclick: () => this.skip() }, "Next");
    const close = h(
      "button.round",
      { type: "button", "aria-label": "Close the guide", onclick: () => this.toggle() },
      icon("close"),
    );
    this.dots = h(
      "span.guide-dots",
      { "aria-hidden": "true" },
      STEPS.map(() => h("i")),
    );
    this.host.append(
      this.dots,
      this.words,
      h("div.guide-actions", null, this.showMe, this.next, close),
    );
    this.show();
  }

  get step() {
    return STEPS.find(({ name }) => !this.done.has(name) && !this.skipped.has(name));
  }

  /** See what has been done since. */
  look() {
    if (!state.people.length) return;
    const step = this.begun ? this.step : null;
    this.begun = true;
    for (const one of STEPS) {
      if (!this.done.has(one.name) && one.done(this.seen)) this.done.add(one.name);
    }
    this.save();
    if (step && step !== this.step && this.done.has(step.name) && !this.hidden) this.praise(step);
    else this.show();
  }

  praise(step) {
    clearTimeout(this.timer);
    this.title.textContent = "Done.";
    this.text.textContent = step.title();
    this.host.classList.add("praise");
    this.timer = setTimeout(() => {
      this.host.classList.remove("praise");
      this.timer = 0;
      this.show();
    }, PRAISE);
  }

  show() {
    this.host.hidden = this.hidden;
    this.opener.setAttribute("aria-expanded", String(!this.hidden));
    if (this.timer) return;
    const { step } = this;
    const at = step ? STEPS.indexOf(step) : STEPS.length;
    this.put(this.count, step ? `${at + 1} of ${STEPS.length}` : "");
    this.put(this.title, step ? step.title() : "That was the tour.");
    const told = step && (hindrance(step) || step);
    this.put(this.text, told ? told.text() : "Everything here goes on working: try what you like.");
    this.showMe.hidden = !step;
    this.put(this.next, step ? "Next" : "From the start");
    [...this.dots.children].forEach((dot, place) => {
      dot.className = place === at ? "now" : this.done.has(STEPS[place].name) ? "done" : "";
    });
  }

  put(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  skip() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.host.classList.remove("praise");
    const { step } = this;
    if (step) {
      this.skipped.add(step.name);
    } else {
      this.skipped.clear();
      this.done.clear();
      this.seen.clear();
      // What is done already would be ticked off again at once; the tour is for reading then.
      this.look();
    }
    this.save();
    this.show();
  }

  point() {
    point(this.go((hindrance(this.step) || this.step).where()));
  }

  toggle() {
    this.hidden = !this.hidden;
    this.save();
    this.show();
    (this.hidden ? this.opener : this.showMe).focus();
  }

  /** A demo that was started afresh has nothing done yet. */
  maybeForget() {
    if (state.people.some(({ role, started }) => started && role !== "admin")) return;
    this.done.clear();
    this.skipped.clear();
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || {};
    } catch {
      return {};
    }
  }

  save() {
    try {
      const { done, skipped, hidden } = this;
      localStorage.setItem(
        KEPT,
        JSON.stringify({ done: [...done], skipped: [...skipped], hidden }),
      );
    } catch {
      // Without storage the guide just begins anew.
    }
  }
}
