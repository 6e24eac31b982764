// The clock everybody in the demo lives by. It can be moved, but only forward.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { refreshTimes } from "./entities.js";
import { on, state } from "./store.js";
import { now, span, write, zone } from "./time.js";

const STEPS = [
  ["+1 min", "+1m", "1 minute", 60],
  ["+10 min", "+10m", "10 minutes", 600],
  ["+1 h", "+1h", "1 hour", 3600],
  ["+1 day", "+1d", "1 day", 86400],
];
const UNITS = [
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86400],
];
const TO_MINUTE = {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};
const SECONDS = { second: "2-digit" };
const NEGLIGIBLE = 30;

/** Fill the clock bar. */
export function clockBar(host, toast) {
  const time = h("span");
  const seconds = h("span.seconds");
  const region = h("span.region");
  const town = h("span.town");
  const ahead = h("span");
  const move = (seconds, button) => advance(seconds, button, toast);
  host.append(
    h(
      "div.clock-face",
      { role: "timer", "aria-label": "The demo’s time" },
      h("span.clock-time", null, time, seconds),
      h("span.clock-ahead", null, h("span", null, region, town), h("span.dot", null, " · "), ahead),
    ),
    h(
      "div.clock-steps",
      { role: "group", "aria-label": "Move the clock on" },
      STEPS.map((step) => stepButton(step, move)),
      custom(move),
    ),
  );
  const show = () => {
    if (!state.clock) return;
    put(time, write(now(), "en", TO_MINUTE, zone()));
    put(seconds, `:${write(now(), "en", SECONDS, zone()).padStart(2, "0")}`);
    const [, area, place] = /^(.*\/)?(.*)$/.exec((zone() || "").replaceAll("_", " "));
    put(region, area || "");
    put(town, place);
    put(ahead, aheadBy());
    host.title = `The shop’s time zone is ${zone()}`;
  };
  on("clock", () => {
    show();
    refreshTimes();
  });
  setInterval(() => {
    show();
    refreshTimes();
  }, 1000);
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const aheadBy = () =>
  state.clock.ahead < NEGLIGIBLE ? "real time" : `${span(state.clock.ahead)} ahead`;

function stepButton([label, brief, spoken, seconds], move) {
  const button = h(
    "button.step",
    {
      type: "button",
      title: `Move the clock on by ${spoken}`,
      "data-guide": `clock-${seconds}`,
    },
    h("span.long", null, label),
    h("span.brief", null, brief),
  );
  button.addEventListener("click", () => move(seconds, button));
  return button;
}

async function advance(seconds, button, toast) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    await post("clock", { seconds });
  } catch (error) {
    toast(error.message);
  }
  button.removeAttribute("aria-busy");
}

function custom(move) {
  const count = h("input", {
    type: "number",
    min: "1",
    max: "999",
    value: "3",
    required: true,
    "aria-label": "How much",
  });
  const unit = h(
    "select",
    { "aria-label": "Unit" },
    UNITS.map(([name, seconds]) => h("option", { value: seconds }, name)),
  );
  unit.value = "3600";
  const go = h("button.button.primary", { type: "submit" }, "Move");
  const form = h("form.clock-form", { "aria-label": "Move the clock on by" }, count, unit, go);
  const box = h(
    "details.clock-custom",
    null,
    h("summary.step", { "aria-label": "Move the clock on by another time" }, icon("clock")),
    form,
  );
  const close = () => {
    box.open = false;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await move(Math.round(count.valueAsNumber * Number(unit.value)), go);
    close();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    box.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => box.contains(event.target) || close());
  return box;
}
