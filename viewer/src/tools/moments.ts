/** Moments: the page's camera path made ready, and its moments shown as the page's view. */

import { momentView } from "../path/moment_view";
import { PathProblem } from "../path/path_problem";
import type { PathRecord } from "../path/path_record";
import { preparedPath, type PreparedPath } from "../path/prepared_path";
import type { App } from "../state/app";
import type { View } from "../state/view";
import { pathContext } from "./path_context";

/** A path that can be played, or why not, in one line. */
export type Ready = PreparedPath | { readonly wrong: string };

/** What of an App moments use. */
export type MomentApp = Pick<App, "info" | "live" | "store" | "say">;

export class Moments {
  private record: PathRecord | null = null;
  private ready: Ready | null = null;
  /** The view that the person made: a path that says no lens or focus takes these. */
  private base: View;
  /** The view that was shown last by a moment. */
  private shown: View | null = null;

  constructor(private readonly app: MomentApp) {
    this.base = app.store.get().view;
  }

  /** The page's path; null while there is none. */
  path(): Ready | null {
    const { path, view } = this.app.store.get();
    const isNew = view !== this.shown && (view.lens !== this.base.lens || view.focus !== this.base.focus);
    if (isNew) this.base = view;
    if (path !== this.record || isNew) {
      this.record = path;
      this.ready = path === null ? null : readyPath(this.app, path, this.base);
    }
    return this.ready;
  }

  /** Go to a time of the path's own, and show the view of that moment; false, and a line that says why, where none is. */
  show(time_s: number): boolean {
    const path = this.path();
    if (path === null) {
      this.app.store.set({ time_s });
      return true;
    }
    try {
      if ("wrong" in path) throw new PathProblem(path.wrong);
      const view = momentView(path.at(time_s), this.app.store.get().view);
      this.shown = Object.freeze(view);
      this.app.store.set({ time_s, view });
      return true;
    } catch (error) {
      if (!(error instanceof PathProblem)) throw error;
      this.app.store.set({ time_s });
      this.app.say(error.message, "wrong");
      return false;
    }
  }

  /** Whether the page shows what `show` made of it, and no hand has changed it since. */
  isShown(): boolean {
    return this.app.store.get().view === this.shown;
  }
}

function readyPath(app: MomentApp, record: PathRecord, base: View): Ready {
  try {
    return preparedPath(record, pathContext(app, base));
  } catch (error) {
    if (error instanceof PathProblem) return { wrong: error.message };
    throw error;
  }
}

const all = new WeakMap<object, Moments>();

/** The one `Moments` of a page. */
export function moments(app: MomentApp): Moments {
  const known = all.get(app) ?? new Moments(app);
  all.set(app, known);
  return known;
}
