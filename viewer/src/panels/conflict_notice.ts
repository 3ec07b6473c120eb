/** ConflictNotice: another tab changed the scene first; the person says what becomes of the edit. */

import type { App } from "../state/app";
import { editQueue } from "../tools/edit_queue";
import { button } from "./controls";
import { element } from "./element";

/** Shown while an edit is in conflict; the picture already shows what the other tab did. */
export function conflictNotice(app: App): HTMLElement {
  const queue = editQueue(app);
  const text = element("p", { id: "conflict-text" });
  const again = button("Do it again", () => {
    queue.decide(true);
  }, { look: "primary" });
  const leave = button("Leave it", () => {
    queue.decide(false);
  });
  const notice = element("div", {
    class: "conflict-notice", role: "alertdialog", "aria-labelledby": "conflict-text", hidden: true,
  }, text, element("div", { class: "row" }, again, leave));
  let before: Element | null = null;
  queue.on(({ conflict }) => {
    const isNew = conflict !== null && notice.hidden;
    notice.hidden = conflict === null;
    if (conflict !== null) {
      text.textContent = `Another tab changed the scene first, as the picture now shows. ${conflict.what} was not made.`;
    }
    if (isNew) {
      before = document.activeElement;
      again.focus();
    } else if (conflict === null && before instanceof HTMLElement) {
      before.focus();
      before = null;
    }
  });
  return notice;
}
