/** PathHistory: the camera path's changes, and undo and redo of them; they are this page's own. */

import type { PathRecord } from "../path/path_record";
import type { App } from "../state/app";

interface Moment {
  readonly path: PathRecord | null;
  readonly keyframe: number | null;
}

/** More than anyone goes back. */
const MOST = 200;

export class PathHistory {
  private done: Moment[] = [];
  private undone: Moment[] = [];
  private gesture: string | null = null;

  constructor(private readonly store: App["store"]) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /**
   * Change the path. Changes of one gesture, such as a drag, are taken back together.
   *
   * @param gesture - a name that the changes share; without it a change stands alone.
   */
  change(path: PathRecord | null, keyframe: number | null, gesture: string | null = null): void {
    const goesOn = gesture !== null && gesture === this.gesture;
    if (!goesOn) this.done = [...this.done, this.now()].slice(-MOST);
    this.undone = [];
    this.gesture = gesture;
    this.store.set({ path, keyframe });
  }

  /** The gesture is over: the next change stands for itself. */
  rest(): void {
    this.gesture = null;
  }

  /** Take back the last change; false where there is none. */
  undo(): boolean {
    return this.step(this.done, this.undone);
  }

  /** Make the change again that was taken back last; false where there is none. */
  redo(): boolean {
    return this.step(this.undone, this.done);
  }

  private step(from: Moment[], to: Moment[]): boolean {
    const moment = from.pop();
    if (moment === undefined) return false;
    to.push(this.now());
    this.gesture = null;
    this.store.set(moment);
    return true;
  }

  private now(): Moment {
    const { path, keyframe } = this.store.get();
    return { path, keyframe };
  }
}

const histories = new WeakMap<App["store"], PathHistory>();

/** The one history of a page's path. */
export function pathHistory({ store }: Pick<App, "store">): PathHistory {
  const known = histories.get(store) ?? new PathHistory(store);
  histories.set(store, known);
  return known;
}
