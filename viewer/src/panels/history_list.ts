/** HistoryList: the scene's edits, and undo and redo. */

import type { App } from "../state/app";
import type { History } from "../state/state";
import { redoEdit, undoEdit } from "../tools/edit_history";
import { editQueue, whyReadOnly } from "../tools/edit_queue";
import { button, group } from "./controls";
import { element } from "./element";

/** The edits, newest first; those taken back stand above, faint, until another edit is made. */
export function historyList(app: App): HTMLElement {
  const undo = button("Undo", () => void undoEdit(app), { title: "Undo the last edit (Ctrl+Z)" });
  const redo = button("Redo", () => void redoEdit(app), { title: "Redo the edit that was undone (Ctrl+Shift+Z)" });
  const list = element("ol", { class: "list edits", "aria-label": "Edits, newest first" });
  const busy = element("p", { class: "hint", role: "status" });
  const kept = element("p", { class: "hint" });
  const mayWrite = whyReadOnly(app) === null;
  const show = (history: History): void => {
    undo.disabled = !mayWrite || history.done.length === 0;
    redo.disabled = !mayWrite || history.undone.length === 0;
    // What was undone last is what redo brings first, so it stands next to what is done.
    const undone = [...history.undone].reverse().map((name) => item(name, true));
    const done = [...history.done].reverse().map((name, at) => item(name, false, at === 0));
    list.replaceChildren(...undone, ...done);
    list.hidden = undone.length + done.length === 0;
    kept.textContent = history.saved
      ? "Edits are kept in the scene's folder."
      : "The photo was opened without a scene folder: edits last until relens view ends.";
  };
  app.store.on(({ history }, before) => {
    if (history !== before.history) show(history);
  });
  editQueue(app).on(({ waiting, conflict }) => {
    const work = waiting === 1 ? "Working on an edit…" : `Working on ${waiting} edits…`;
    busy.textContent = waiting === 0 || conflict !== null ? "" : work;
  });
  show(app.store.get().history);
  return group("Edits", element("div", { class: "row" }, undo, redo, busy), list, kept);
}

function item(name: string, isUndone: boolean, isNow = false): HTMLElement {
  return element("li", { class: `item${isUndone ? " undone" : ""}`, "aria-current": isNow ? "true" : null },
    element("span", {}, name), isUndone ? element("span", { class: "hint" }, "undone") : null);
}
