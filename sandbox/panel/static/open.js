// A t.me link: it starts the bot for whoever's window this is, and leads back to the chat.

import { post } from "./api.js";
import { avatar, h } from "./dom.js";

const CLOSING = 300;

const at = (id) => document.getElementById(id);
const payload = new URLSearchParams(location.search).get("start") || "";
const named = /^phone-(\d+)$/.exec(window.name);

function show(title, text = "") {
  at("title").textContent = title;
  at("text").textContent = text;
}

async function startAs(id) {
  at("who").replaceChildren();
  show("Opening the chat …");
  try {
    await post("start", { user: id, payload });
  } catch (error) {
    show("That did not work", error.message);
    at("back").hidden = false;
    return;
  }
  const channel = new BroadcastChannel("booking-demo");
  channel.postMessage({ show: id });
  channel.close();
  window.close();
  setTimeout(() => {
    show("Back in the chat", "You can close this tab.");
    at("back").hidden = false;
    at("back").focus();
  }, CLOSING);
}

async function ask() {
  let people;
  try {
    ({ people } = await (await fetch("/sandbox/people")).json());
  } catch {
    show("The demo does not answer", "Is it still running?");
    return;
  }
  show("Who are you?", "This link opens the bot’s chat. Choose whose phone it is on.");
  const customers = people.filter(({ role }) => role !== "admin");
  at("who").replaceChildren(
    ...customers.map(({ id, name }, place) =>
      h(
        "button.button.person",
        { type: "button", onclick: () => startAs(id) },
        avatar(name, place),
        h("span", { dir: "auto" }, name),
      ),
    ),
  );
  at("who").querySelector("button")?.focus();
}

if (named) startAs(Number(named[1]));
else ask();
