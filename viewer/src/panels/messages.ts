/** The line of messages: what the page has to say, read out by screen readers. */

import { element } from "./element";

export interface Messages {
  readonly root: HTMLElement;
  /** Say a line; one that tells of something wrong stays longer and is read out at once. */
  say(message: string, kind?: "note" | "wrong"): void;
}

const NOTE_MS = 6000;
const WRONG_MS = 15000;

/** An empty line. */
export function messages(): Messages {
  const note = element("p", { class: "message", role: "status", "aria-live": "polite" });
  const wrong = element("p", { class: "message warning", role: "alert" });
  let timer = 0;
  return {
    root: element("div", { class: "messages" }, wrong, note),
    say(message, kind = "note") {
      note.textContent = kind === "note" ? message : "";
      wrong.textContent = kind === "wrong" ? message : "";
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        note.textContent = "";
        wrong.textContent = "";
      }, kind === "wrong" ? WRONG_MS : NOTE_MS);
    },
  };
}
