// One person's phone: whose it is, the chat with the bot, and what the person can do.

import { post } from "./api.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { avatar, h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { messagesOf, person as find, state } from "./store.js";
import { alertBox, toast, toastPlace } from "./toast.js";
import { openAs } from "./windows.js";
import { LANGUAGES, direction, languageName, say } from "./words.js";

export class Phone {
  constructor(id, tint) {
    this.id = id;
    this.tint = tint;
    this.messages = [];
    this.chat = new Chat(this);
    this.composer = new Composer(this);
    this.toasts = toastPlace();
    this.owner = h("header.owner");
    this.title = h("div.chat-title");
    this.more = h(
      "button.round.more",
      { type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
      icon("more"),
    );
    this.more.addEventListener("click", () => this.showMenu());
    this.head = h("header.chat-head", null, this.title, this.more);
    this.hello = h("div.hello", { hidden: true });
    this.chat.node.append(this.hello, this.toasts);
    this.frame = h("div.phone", null, this.head, this.chat.node, this.composer.node);
    this.node = h("section.column", { id: `phone-${id}` }, this.owner, this.frame);
    this.update();
  }

  get person() {
    return find(this.id);
  }

  get language() {
    return this.person.language || "en";
  }

  /** Show what is known about the person and the bot. */
  update() {
    const { name, note, role, typing, blocked } = this.person;
    const { bot } = state;
    const mark = JSON.stringify([name, note, role, typing, blocked, this.language, bot]);
    if (mark !== this.mark) {
      this.mark = mark;
      this.node.setAttribute("aria-label", `${name}’s phone`);
      this.owner.replaceChildren(
        avatar(name, this.tint),
        h("h2", { dir: "auto" }, name),
        h(
          "span.note",
          { dir: "auto", title: note },
          note || (role === "admin" ? "Runs the shop" : ""),
        ),
        h(
          "span.speaks",
          { lang: this.language, title: "Language of this phone" },
          languageName(this.language),
        ),
      );
      this.frame.lang = this.language;
      this.frame.dir = direction(this.language);
      this.title.replaceChildren(
        avatar(bot.name, "bot"),
        h(
          "div.chat-names",
          null,
          h("b", { dir: "auto" }, bot.name),
          this.subtitle(typing, blocked),
        ),
      );
      this.more.setAttribute("aria-label", `${say(this.language, "more")}: ${name}`);
      this.chat.log.setAttribute("aria-label", `${name} – ${bot.name}`);
    }
    this.render();
  }

  subtitle(typing, blocked) {
    if (blocked) return h("small", null, say(this.language, "blocked"));
    if (!typing) return h("small", null, say(this.language, "bot"));
    return h("small.typing", null, say(this.language, "typing"));
  }

  render() {
    this.messages = messagesOf(this.id);
    this.chat.render(this.messages);
    this.showHello();
    this.composer.update();
  }

  showHello() {
    this.hello.hidden = this.messages.length > 0;
    if (this.hello.hidden) return;
    const { description, name } = state.bot;
    this.hello.replaceChildren(
      h(
        "div.hello-card",
        null,
        avatar(name, "bot"),
        h("h3", null, say(this.language, "can")),
        h("p", { dir: "auto" }, this.person.description || description),
      ),
    );
  }

  showMenu() {
    const { language, person } = this;
    openMenu(this.more, this.head, [
      say(language, "language"),
      ...LANGUAGES.map(([code, label]) => ({
        label,
        lang: code,
        checked: language.split("-")[0] === code,
        run: () => this.ask("person", { language_code: code }),
      })),
      say(language, "contact"),
      { label: say(language, "share"), icon: "person", run: () => this.ask("contact", {}) },
      person.blocked
        ? { label: say(language, "unblock"), icon: "check", run: () => this.block(false) }
        : {
            label: say(language, "block"),
            icon: "block",
            danger: true,
            run: () => this.block(true),
          },
    ]);
  }

  /** Ask the server for something in this person's name; false when it refused. */
  async ask(route, body) {
    try {
      await post(route, { user: this.id, ...body });
      return true;
    } catch (error) {
      this.toast(error.message);
      return false;
    }
  }

  send(text) {
    return this.ask("say", { text });
  }

  block(blocked) {
    return this.ask("block", { blocked });
  }

  open(url) {
    return openAs(this.id, url).catch((error) => this.toast(error.message));
  }

  toast(text) {
    toast(this.toasts, text);
  }

  alert(text) {
    alertBox(this.frame, text, say(this.language, "ok"));
  }

  settle() {
    this.chat.settle();
  }

  focusField() {
    this.composer.focus();
  }

  focusNewest() {
    if (this.messages.length) this.chat.toNewest();
    else this.composer.focus();
  }
}
