// The list of the bot's commands over the writing line: from the Menu button, or on typing "/".

import { h } from "./dom.js";
import { say } from "./words.js";

let lists = 0;

export class CommandList {
  constructor(pick) {
    lists += 1;
    this.id = `commands-${lists}`;
    this.pick = pick;
    this.at = -1;
    this.node = h("div.commands", { role: "listbox", id: this.id, hidden: true });
  }

  get open() {
    return !this.node.hidden;
  }

  get chosen() {
    return this.node.children[this.at];
  }

  show(commands, language, field) {
    this.field = field;
    this.at = -1;
    this.node.setAttribute("aria-label", say(language, "commands"));
    this.node.replaceChildren(...commands.map((one, place) => this.line(one, place)));
    this.node.hidden = !commands.length;
    field.setAttribute("aria-controls", this.id);
    field.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.node.hidden = true;
    this.field?.removeAttribute("aria-activedescendant");
  }

  line({ command, description }, place) {
    const node = h(
      "div.command-line",
      {
        role: "option",
        id: `${this.id}-${place}`,
        "aria-selected": "false",
        "data-command": command,
      },
      h("span.command-words", { dir: "auto" }, description),
      h("span.command-name", { dir: "ltr" }, `/${command}`),
    );
    // The writing line keeps the focus.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => this.pick(`/${command}`));
    return node;
  }

  move(step) {
    const all = this.node.children;
    this.chosen?.setAttribute("aria-selected", "false");
    this.at = (this.at + step + all.length + (this.at < 0 && step < 0 ? 1 : 0)) % all.length;
    this.chosen.setAttribute("aria-selected", "true");
    this.chosen.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", this.chosen.id);
  }

  /** Take a key of the writing line; true when it was meant for this list. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "Escape") this.hide();
    else if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if ((event.key === "Enter" || event.key === "Tab") && this.chosen) {
      this.pick(`/${this.chosen.dataset.command}`);
    } else return false;
    return true;
  }
}
