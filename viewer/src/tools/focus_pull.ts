/** A focus pull: the focus goes to another place as a focus puller would turn the ring. */

import { focusDistanceM } from "../camera/focus";
import { placeOf } from "../camera/pose";
import type { Store } from "../state/store";
import type { Focus } from "../state/view";
import { animate } from "./ease";

const PULL_MS = 350;

let stopLast: () => void = () => undefined;

/**
 * Pull the focus to a distance or a place, evenly in inverse distance, eased, and end on it exactly.
 *
 * Another pull takes over from where this one is; whatever else sets the focus meanwhile ends it.
 */
export function pullFocus(store: Store, target: Focus, duration_ms = PULL_MS): void {
  stopLast();
  const { view } = store.get();
  const from_m = focusDistanceM(view.focus, placeOf(view.pose));
  if (typeof from_m !== "number") {
    store.look({ focus: target });
    return;
  }
  let mine = view.focus;
  stopLast = animate(duration_ms, (t) => {
    const now = store.get().view;
    if (now.focus !== mine) return false;
    // The camera may move during the pull.
    const to_m = focusDistanceM(target, placeOf(now.pose));
    mine = t < 1 && typeof to_m === "number" ? between(from_m, to_m, t) : target;
    store.look({ focus: mine });
    return true;
  });
}

/** Leave the focus where a pull has brought it. */
export function stopPull(): void {
  stopLast();
}

/** The distance a share t of the way from one to another, evenly in inverse distance; Infinity is inverse 0. */
export function between(from_m: number, to_m: number, t: number): number {
  const inverse = (1 - t) / from_m + t / to_m;
  return inverse > 0 ? 1 / inverse : Infinity;
}
