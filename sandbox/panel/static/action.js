import { h } from "./dom.js";

/** A button that asks the server for one thing, and says so when it is refused. */
export function action(label, focus, run, tell, look = "button.button") {
  const button = h(look, { type: "button", "data-focus": focus }, label);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await run();
    } catch (error) {
      tell(error.message);
    }
    button.removeAttribute("aria-busy");
  });
  return button;
}
