/** Player: plays the camera path by the clock while the state says so. */

import type { App } from "../state/app";
import { moments } from "./moments";

export interface Step {
  readonly time_s: number;
  readonly isOver: boolean;
}

/** Where a film is some seconds on: it goes round, or stops at its end. Times are the path's own, from begin_s to end_s. */
export function played(time_s: number, elapsed_s: number, begin_s: number, end_s: number, loops: boolean): Step {
  const duration_s = end_s - begin_s;
  const on_s = time_s - begin_s + elapsed_s;
  if (on_s < duration_s) return { time_s: begin_s + on_s, isOver: false };
  if (!loops || duration_s <= 0) return { time_s: end_s, isOver: true };
  return { time_s: begin_s + (on_s % duration_s), isOver: false };
}

/** Where to start: at the beginning again, once at the end or outside. */
export function startTime(time_s: number, begin_s: number, end_s: number): number {
  return time_s < begin_s || time_s >= end_s ? begin_s : time_s;
}

/**
 * From now on, play whenever `state.playing` is set: in real time, as many frames as the page can draw.
 *
 * It stops at the end, when the page is hidden, and when a hand changes the view.
 */
export function startPlayer(app: App): void {
  const { store } = app;
  const shown = moments(app);
  let before_ms = 0;
  const stop = (): void => {
    store.set({ playing: false });
  };
  const frame = (now_ms: number): void => {
    const { playing, time_s, loop } = store.get();
    if (!playing) return;
    const path = shown.path();
    if (path === null || "wrong" in path || !shown.isShown()) {
      stop();
      return;
    }
    const step = played(time_s, Math.max(0, now_ms - before_ms) / 1000, path.begin_s, path.end_s, loop);
    before_ms = now_ms;
    if (!shown.show(step.time_s) || step.isOver) stop();
    else requestAnimationFrame(frame);
  };
  store.on(({ playing, time_s }, { playing: played }) => {
    if (!playing || played) return;
    const path = shown.path();
    if (path === null) {
      stop();
      app.say("There is no camera path yet: add keyframes on the timeline, or choose a ready-made move.");
      return;
    }
    const from_s = "wrong" in path ? time_s : startTime(time_s, path.begin_s, path.end_s);
    if (!shown.show(from_s)) {
      stop();
      return;
    }
    before_ms = performance.now();
    requestAnimationFrame(frame);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
  });
}
