/** EditQueue: edits go to the server one after the other, and none is lost when another tab was quicker. */

import { Conflict, type Edited, type Server } from "../server/server";
import type { App } from "../state/app";
import { reasonOf } from "../state/reason";

/** Something to do to the scene. */
export interface Task {
  /** For people, as it begins a sentence: "The brush stroke". */
  readonly what: string;
  run(server: Server, revision: number, level: number): Promise<Edited>;
}

/** left: the person let it go after a conflict. */
export type Outcome = "done" | "failed" | "left";

export interface QueueState {
  /** Tasks that are not over, the one under way and the one in conflict included. */
  readonly waiting: number;
  /** What another tab's edit stopped, until the person has decided; nothing else is sent meanwhile. */
  readonly conflict: Task | null;
}

interface Entry {
  readonly task: Task;
  readonly over: (outcome: Outcome) => void;
}

/** What of an App a queue uses. */
export type QueueApp = Pick<App, "server" | "store" | "takeOver" | "say"> & { readonly live: Pick<App["live"], "level"> };

export class EditQueue {
  private readonly entries: Entry[] = [];
  private readonly listeners = new Set<(state: QueueState) => void>();
  private running = false;
  private conflict: Task | null = null;

  constructor(private readonly app: QueueApp) {}

  state(): QueueState {
    return { waiting: this.entries.length, conflict: this.conflict };
  }

  /** Be told of every change; returns how to stop it. */
  on(listener: (state: QueueState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Do a task when those before it are over; what fails is said to the person. */
  add(task: Task): Promise<Outcome> {
    return new Promise((over) => {
      this.entries.push({ task, over });
      this.tell();
      void this.work();
    });
  }

  /** Decide on the task in conflict: do it to the scene as it is now, or leave it. */
  decide(again: boolean): void {
    if (this.conflict === null) return;
    this.conflict = null;
    if (!again) this.entries.shift()!.over("left");
    this.tell();
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.conflict === null && this.entries.length > 0) {
      const { task, over } = this.entries[0];
      const outcome = await this.tried(task);
      if (outcome !== "conflict") {
        this.entries.shift();
        over(outcome);
      }
      this.tell();
    }
    this.running = false;
  }

  private async tried(task: Task): Promise<"done" | "failed" | "conflict"> {
    const { server, store, live } = this.app;
    if (server === null) return this.failed(new Error("this page has no server"));
    const { revision } = store.get().history;
    try {
      await this.take(await task.run(server, revision, live.level.level));
      return "done";
    } catch (error) {
      // Of the same revision: not a tab but another program was there, and only a new start shows what it did.
      if (!(error instanceof Conflict) || error.history.revision === revision) return this.failed(error);
    }
    // The person shall see what the other tab did before deciding.
    try {
      await this.take(await server.changes(revision, live.level.level));
    } catch (error) {
      return this.failed(error);
    }
    this.conflict = task;
    return "conflict";
  }

  private take({ patches, history }: Edited): Promise<void> {
    return this.app.takeOver(patches, history);
  }

  private failed(error: unknown): "failed" {
    this.app.say(reasonOf(error), "wrong");
    return "failed";
  }

  private tell(): void {
    const state = this.state();
    for (const listener of [...this.listeners]) listener(state);
  }
}

const queues = new WeakMap<QueueApp, EditQueue>();

/** The one queue of a page: revisions are counted once for all its tools. */
export function editQueue(app: QueueApp): EditQueue {
  const known = queues.get(app) ?? new EditQueue(app);
  queues.set(app, known);
  return known;
}

/** Why this page cannot change the scene, and what to do, in one line; null where it can. */
export function whyReadOnly({ server }: Pick<App, "server">): string | null {
  if (server === null) return "An exported page cannot be painted on; open the scene with relens view to touch it up.";
  if (!server.mayWrite) return "This page only looks: open the address that relens view printed, with its token.";
  return null;
}
