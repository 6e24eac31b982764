import { take } from "./store.js";

const PATIENCE = 1000;
const AGAIN = 2000;

/** Follow the server for good; `tellDown(true)` when it has been away for a moment. */
export function follow(tellDown) {
  let timer = 0;
  const source = new EventSource("/sandbox/stream");
  source.addEventListener("state", (event) => {
    clearTimeout(timer);
    timer = 0;
    tellDown(false);
    take(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    if (!timer) timer = setTimeout(() => tellDown(true), PATIENCE);
    // An answer that is no stream ends an EventSource for good; then only a new one helps.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        clearTimeout(timer);
        follow(tellDown);
      }, AGAIN);
    }
  });
}
