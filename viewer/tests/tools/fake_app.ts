/** A page for tests of tools: a server that keeps a list of edits as relens does, and a live view of two layers. */

import type { LiveStroke, Pick } from "../../src/render/live_view";
import { Conflict, type Edit, type Edited, type Server, ServerError } from "../../src/server/server";
import type { History, State } from "../../src/state/state";
import { Store } from "../../src/state/store";
import { PHOTO_POSE, PLAIN_LENS } from "../../src/state/view";

export const STATE: State = {
  view: { lens: PLAIN_LENS, preset: null, focus: 1.5, framing: "photo", pose: PHOTO_POSE, exposure_ev: 0 },
  overlay: "none", compare: null, tool: "brush", brush: { radius_px: 20, opacity: 0.5, colour: "#336699" },
  history: { revision: 0, done: [], undone: [], saved: true }, path: null, keyframe: null, time_s: 0, playing: false,
  loop: false, theme: "auto", open: [],
};

const NOTHING = new ArrayBuffer(0);

export class FakeServer {
  readonly mayWrite: boolean = true;
  readonly edits: Edit[] = [];
  /** Thrown by the next edit, once. */
  broken: ServerError | null = null;
  /** Counts its edits: one that another tab made counts, too. */
  revision = 0;
  /** Let the edits under way be answered one by one. */
  readonly gates: (() => void)[] = [];
  held = false;

  async edit(edit: Edit, revision: number): Promise<Edited> {
    if (this.held) await new Promise<void>((open) => this.gates.push(open));
    if (this.broken !== null) {
      const error = this.broken;
      this.broken = null;
      throw error;
    }
    if (revision !== this.revision) throw new Conflict("the scene was edited elsewhere", this.history());
    this.edits.push(edit);
    this.revision += 1;
    return { history: this.history(), patches: NOTHING };
  }

  changes(): Promise<Edited> {
    return Promise.resolve({ history: this.history(), patches: NOTHING });
  }

  private history(): History {
    return { revision: this.revision, done: this.edits.map(({ name }) => name), undone: [], saved: true };
  }
}

/** Left of 100 is the subject, right of it the room; there is nothing above 0. Texels lie 10 px from where they show. */
export function pick(x: number, y: number): Pick | null {
  if (y < 0) return null;
  return { layer: x < 100 ? "subject" : "room", pixel: [x + 10, y + 10], inverse_depth: 1, point_m: [0, 0, 1], distance_m: 1 };
}

export function fakeApp(state: Partial<State> = {}) {
  const server = new FakeServer();
  const store = new Store({ ...STATE, ...state });
  const strokes: (LiveStroke | null)[] = [];
  const said: string[] = [];
  const app = {
    server: server as unknown as Server | null, store,
    live: {
      level: { level: 1, width_px: 300, height_px: 200 }, pick,
      stroke: (stroke: LiveStroke | null) => void strokes.push(stroke),
    },
    say: (message: string) => void said.push(message),
    takeOver: (_patches: ArrayBuffer, history: History) => {
      store.set({ history });
      return Promise.resolve();
    },
  };
  return { app, server, store, strokes, said };
}

/** Let all that is waiting on promises go on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
