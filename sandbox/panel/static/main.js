import { clockBar } from "./clock.js";
import { Guide, point } from "./guide.js";
import { Phone } from "./phone.js";
import { on, state } from "./store.js";
import { follow } from "./stream.js";
import { stripePanel } from "./stripe.js";
import { STRIPE, Tabs } from "./tabs.js";
import { toast, toastPlace } from "./toast.js";
import { watchUnread } from "./unread.js";
import { onDashboard, onWayBack } from "./windows.js";

const at = (id) => document.getElementById(id);

const stage = at("stage");
const phones = new Map();
const notices = toastPlace();
document.body.append(notices);

let refreshUnread = () => {};
const tabs = new Tabs(at("tabs"), () => refreshUnread());
const panel = stripePanel();

function makePhones() {
  for (const [place, { id, name }] of state.people.entries()) {
    const phone = new Phone(id, place);
    phones.set(id, phone);
    stage.append(phone.node);
    tabs.add(id, name, place, phone.node);
    phone.node.addEventListener("demo:focus", () => phone.focusField());
    phone.node.addEventListener("focusin", () => tabs.used(id));
  }
  stage.append(panel.node);
  tabs.add(STRIPE, "Stripe", STRIPE, panel.node);
  const ids = state.people.map(({ id }) => id);
  const admins = state.people.filter(({ role }) => role === "admin").map(({ id }) => id);
  const rest = ids.filter((id) => !admins.includes(id));
  tabs.begin([rest[0], ...admins, ...rest.slice(1)].filter((id) => id !== undefined));
  stage.removeAttribute("aria-busy");
}

on("people", () => {
  if (!phones.size) makePhones();
  for (const phone of phones.values()) phone.update();
});
on("bot", () => {
  for (const phone of phones.values()) phone.update();
  document.title = `${state.bot.shop || state.bot.name} – booking-bot demo`;
});
on("messages", (chats, full) => {
  for (const [id, phone] of phones) {
    if (full) phone.chat.reset();
    if (full || chats.has(id)) phone.render();
  }
});
refreshUnread = watchUnread(tabs);

/** Bring a place to the front and find its element. */
function go({ tab, view, find }) {
  if (tab !== undefined) tabs.show(tab);
  if (view) panel.choose(view);
  const node = tab === STRIPE ? panel.node : phones.get(tab)?.node;
  const found = find(node);
  found?.closest("details")?.setAttribute("open", "");
  return found;
}

clockBar(at("clock"), (text) => toast(notices, text));
new Guide(at("guide"), at("guide-open"), go);
onWayBack((id) => {
  tabs.show(id);
  phones.get(id)?.focusNewest();
});
onDashboard((id) => {
  tabs.show(STRIPE);
  point(panel.lead(id));
});
follow((down) => {
  at("down").hidden = !down;
});
