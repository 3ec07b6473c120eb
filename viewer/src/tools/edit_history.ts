/** Undo and redo of the scene's edits on the server; they wait for the edits before them. */

import { editQueue, type Outcome, type QueueApp, type Task, whyReadOnly } from "./edit_queue";

/** Take back the newest edit. */
export function undoEdit(app: QueueApp): Promise<Outcome> {
  return step(app, "Undo", (server, revision, level) => server.undo(revision, level));
}

/** Do again what was taken back last. */
export function redoEdit(app: QueueApp): Promise<Outcome> {
  return step(app, "Redo", (server, revision, level) => server.redo(revision, level));
}

function step(app: QueueApp, what: string, run: Task["run"]): Promise<Outcome> {
  const refusal = whyReadOnly(app);
  if (refusal === null) return editQueue(app).add({ what, run });
  app.say(refusal, "wrong");
  return Promise.resolve("failed");
}
