// Times of the demo: its clock runs with the real one, ahead of it by what the reader moved it.

import { state } from "./store.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const made = new Map();

/** The demo's time now, in seconds. */
export function now() {
  if (!state.clock) return Date.now() / 1000;
  return state.clock.now + (performance.now() - state.clock.seen) / 1000;
}

// British English writes dates as the bot does: Tue 1 Dec, 11:00.
const tag = (language) => (!language || language === "en" ? "en-GB" : language);

/** Write an instant in a language; `zone` undefined means the reader's own. */
export function write(seconds, language, options, zone) {
  const name = JSON.stringify([language, options, zone]);
  if (!made.has(name)) made.set(name, formatter(language, { ...options, timeZone: zone }));
  return made.get(name).format(new Date(seconds * 1000));
}

function formatter(language, options) {
  try {
    return new Intl.DateTimeFormat(tag(language), options);
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: undefined });
  }
}

export const zone = () => state.clock?.zone;

export const clockTime = (seconds, language) =>
  write(seconds, language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone());

export const dayKey = (seconds) =>
  write(seconds, "en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }, zone());

export const dayName = (seconds, language) =>
  write(seconds, language, { weekday: "long", day: "numeric", month: "long" }, zone());

export const fullTime = (seconds, language) =>
  write(seconds, language, { dateStyle: "full", timeStyle: "short" }, zone());

/** The same in the reader's own zone, which is named. */
export const fullTimeHere = (seconds, language) =>
  `${write(seconds, language, { dateStyle: "full", timeStyle: "short" })} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;

export const shortTime = (seconds) =>
  write(
    seconds,
    "en",
    { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    zone(),
  );

/** "in 2 hours", "5 minutes ago", in a language, by the demo's clock. */
export function relative(seconds, language) {
  const words = new Intl.RelativeTimeFormat(tag(language), { numeric: "auto" });
  const away = seconds - now();
  const size = Math.abs(away);
  if (size < MINUTE) return words.format(Math.round(away), "second");
  if (size < HOUR) return words.format(Math.round(away / MINUTE), "minute");
  if (size < DAY) return words.format(Math.round(away / HOUR), "hour");
  return words.format(Math.round(away / DAY), "day");
}

/** "2 h 10 min" */
export function span(seconds) {
  const minutes = Math.round(seconds / MINUTE);
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor((minutes % 1440) / 60), "h"],
    [minutes % 60, "min"],
  ];
  return parts
    .filter(([count]) => count)
    .map(([count, unit]) => `${count} ${unit}`)
    .slice(0, 2)
    .join(" ");
}

/** Show an instant as a tg-time mark asks: r or R relative, else any of w W d D t T. */
export function marked(seconds, format, language) {
  if (/^r$/i.test(format)) return relative(seconds, language);
  const options = {};
  if (format.includes("w")) options.weekday = "short";
  if (format.includes("W")) options.weekday = "long";
  if (format.includes("d"))
    Object.assign(options, { day: "numeric", month: "numeric", year: "2-digit" });
  if (format.includes("D"))
    Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/t/i.test(format))
    Object.assign(options, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (format.includes("T")) options.second = "2-digit";
  return write(seconds, language, options);
}
