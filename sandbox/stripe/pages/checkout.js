"use strict";

const MINUTE = 60;
const SOON = 5 * MINUTE;

function countdown(timer, ended) {
  const { digits, text, secondsLeft } = timer.dataset;
  const written = timer.querySelector("span");
  const end = Date.now() + Number(secondsLeft) * 1000;
  const figures = [...digits];
  const two = (value) => String(value).padStart(2, "0");
  const clock = (left) => {
    const hours = Math.floor(left / MINUTE / MINUTE);
    const minutes = Math.floor(left / MINUTE) % MINUTE;
    const parts = hours ? [hours, two(minutes)] : [minutes];
    return [...parts, two(left % MINUTE)].join(":").replace(/\d/g, (digit) => figures[digit]);
  };
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    written.textContent = text.replace("{time}", `\u2068${clock(left)}\u2069`);
    timer.classList.toggle("soon", left <= SOON);
    if (left === 0) {
      window.clearInterval(every);
      ended();
    }
  };
  const every = window.setInterval(tick, 1000);
  tick();
}

function close(form, timer) {
  if (form.getAttribute("aria-busy")) return; // what is sent already is the server's to decide
  form.hidden = true;
  timer.hidden = true;
  document.getElementById("expired").hidden = false;
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy")) {
      event.preventDefault();
      return;
    }
    const button = event.submitter ?? form.querySelector("button");
    form.setAttribute("aria-busy", "true");
    button.classList.add("busy");
    button.querySelector(".does").textContent = form.dataset.busy;
    form.querySelector("#wait").textContent = form.dataset.wait;
  });
}

function spaced(number) {
  const plain = number.replace(/[\s-]/g, "").toUpperCase();
  const parts = /^3[47]/.test(plain) ? /^(.{4})(.{1,6})?(.+)?/ : null;
  if (parts) return (plain.match(parts) ?? [plain]).slice(1).filter(Boolean).join(" ") || plain;
  return plain.replace(/(.{4})(?=.)/g, "$1 ");
}

function brandOf(number) {
  const brands = { 2: "MC", 3: "AMEX", 4: "VISA", 5: "MC", 6: "DISC" };
  return /^[A-Z]{2}/.test(number) ? "SEPA" : (brands[number[0]] ?? "");
}

function numbers(field, choices, brand) {
  const show = () => {
    brand.textContent = brandOf(field.value.trim());
    brand.hidden = !brand.textContent;
  };
  const fill = (choice) => {
    field.value = choice.dataset.shown;
    field.removeAttribute("aria-invalid");
    show();
  };
  for (const choice of choices) choice.addEventListener("change", () => fill(choice));
  field.addEventListener("input", () => {
    if (field.selectionStart === field.value.length) field.value = spaced(field.value);
    const plain = field.value.replace(/\s/g, "");
    for (const choice of choices) choice.checked = choice.value === plain;
    field.removeAttribute("aria-invalid");
    show();
  });
  const chosen = [...choices].find((choice) => choice.checked);
  const invalid = field.getAttribute("aria-invalid");
  if (chosen && !field.value) fill(chosen);
  if (invalid) field.setAttribute("aria-invalid", invalid);
  show();
}

function start() {
  const timer = document.querySelector("[data-seconds-left]");
  const field = document.getElementById("number");
  const print = document.getElementById("print");
  for (const form of document.forms) sendOnce(form);
  if (timer) countdown(timer, () => close(document.getElementById("pay"), timer));
  if (field) {
    numbers(field, document.querySelectorAll("[name=card]"), document.getElementById("brand"));
  }
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  // reloading or coming back to the answer of a form asks for the page, not to send it again
  window.history.replaceState(null, "", window.location.href);
  // a page taken back from the browser's memory still says what was true when it was left
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
}

start();
