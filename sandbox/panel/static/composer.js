// The foot of a phone: the writing line, or the one big button a chat begins or goes on with.

import { CommandList } from "./commands.js";
import { h, icon } from "./dom.js";
import { currentKeys, replyKeyboard } from "./replykeys.js";
import { say } from "./words.js";

const FITS = 40;

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.node = h("footer.foot");
    this.mode = "";
    this.keysShown = null;
  }

  /** Show what this person can do now: start, unblock, or write. */
  update() {
    const { person, language } = this.phone;
    const messages = this.phone.messages;
    const mode = person.blocked ? "blocked" : messages.length || person.started ? "write" : "start";
    const name = `${mode}/${language}`;
    if (this.mode !== name) {
      const held = this.node.contains(document.activeElement);
      const text = this.field?.value || "";
      this.node.replaceChildren(...this.make(mode, language));
      this.mode = name;
      this.keysMark = undefined;
      if (mode === "write") this.field.value = text;
      if (held) this.focus();
    }
    if (mode === "write") this.updateKeys(currentKeys(messages), language);
  }

  make(mode, language) {
    if (mode === "start") {
      return [this.big("start", say(language, "start"), () => this.phone.send("/start"))];
    }
    if (mode === "blocked") {
      return [this.big("unblock", say(language, "unblock"), () => this.phone.block(false))];
    }
    return [this.writing(language)];
  }

  big(kind, label, run) {
    return h(`button.big.${kind}`, { type: "button", onclick: run, "data-guide": kind }, label);
  }

  writing(language) {
    this.list = new CommandList((command) => this.pick(command));
    this.field = h("textarea.field", {
      rows: "1",
      dir: "auto",
      maxlength: "4096",
      "aria-label": say(language, "message"),
      placeholder: say(language, "message"),
      "aria-autocomplete": "list",
      autocomplete: "off",
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.list.hide());
    this.toggle = h(
      "button.round.keys-toggle",
      {
        type: "button",
        hidden: true,
        "aria-label": say(language, "buttons"),
        onclick: () => this.showKeys(),
      },
      icon("keys"),
    );
    const menu = h(
      "button.menu-button",
      {
        type: "button",
        "aria-label": say(language, "menu"),
        onclick: () => this.showCommands(),
        onpointerdown: (event) => event.preventDefault(),
      },
      icon("menu"),
      h("span", null, say(language, "menu")),
    );
    const send = h(
      "button.round.send",
      { type: "submit", "aria-label": say(language, "send") },
      icon("send"),
    );
    this.keys = h("div.keys-place");
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    const line = h("form.line", { onsubmit: submit }, menu, this.field, this.toggle, send);
    return h("div.writing", null, this.list.node, line, this.keys);
  }

  showCommands() {
    if (this.list.open) {
      this.list.hide();
      return;
    }
    this.list.show(this.phone.person.commands || [], this.phone.language, this.field);
    this.field.focus();
  }

  typed() {
    const text = this.field.value;
    this.fit();
    if (!/^\/\w*$/.test(text)) {
      this.list.hide();
      return;
    }
    const commands = (this.phone.person.commands || []).filter(({ command }) =>
      `/${command}`.startsWith(text),
    );
    this.list.show(commands, this.phone.language, this.field);
  }

  fit() {
    this.field.rows = Math.min(
      4,
      Math.max(this.field.value.split("\n").length, Math.ceil(this.field.value.length / FITS)),
    );
  }

  key(event) {
    if (event.isComposing) return;
    if (this.list.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  pick(command) {
    this.field.value = "";
    this.fit();
    this.list.hide();
    this.phone.send(command);
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.fit();
    this.list.hide();
    if (!(await this.phone.send(text)) && !this.field.value) this.field.value = text;
  }

  updateKeys(keys, language) {
    const mark = JSON.stringify([keys, language]);
    if (this.keysMark === mark) return;
    this.keysMark = mark;
    this.current = keys;
    this.toggle.hidden = !keys;
    this.keys.hidden = !keys || keys.used;
    this.keys.replaceChildren(...(keys ? [replyKeyboard(keys, this.phone)] : []));
    this.field.placeholder = (keys && !keys.used && keys.placeholder) || say(language, "message");
  }

  showKeys() {
    this.keys.hidden = !this.keys.hidden;
    this.phone.settle();
  }

  focus() {
    const one = this.node.querySelector(".field, .big");
    one?.focus({ preventScroll: true });
  }
}
