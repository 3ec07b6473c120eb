/** Focus on what a place of the picture shows. */

import { distanceText } from "../lens/distance_text";
import type { App } from "../state/app";
import type { Focus } from "../state/view";
import type { FocusMark } from "./focus_mark";
import { pullFocus } from "./focus_pull";

/** Beyond this the place itself says no more than its direction, metres. */
const FAR_M = 1e4;

export interface FocusedOn {
  readonly layer: string;
  readonly distance_m: number;
}

/** Pull the focus to what shows at CSS pixels of the canvas; null, and a message, where nothing does. */
export function focusHere(app: App, mark: FocusMark, x: number, y: number, duration_ms?: number): FocusedOn | null {
  const pick = app.live.pick(x, y);
  if (pick === null) {
    app.say("There is nothing to focus on here.");
    return null;
  }
  const target: Focus = pick.inverse_depth * FAR_M < 1 ? Infinity : pick.point_m;
  mark.flash(x, y);
  pullFocus(app.store, target, duration_ms);
  return { layer: pick.layer, distance_m: pick.distance_m };
}

/** The canvas by keyboard: the arrow keys move the mark, Enter focuses on what is under it, Escape puts it away. */
export function markByKeys(app: App, mark: FocusMark): void {
  const { canvas } = app.live;
  let at: { x: number; y: number } | null = null;
  const steps: Readonly<Record<string, readonly [number, number] | undefined>> = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    const { clientWidth: width, clientHeight: height } = canvas;
    if (step !== undefined) {
      const by = event.shiftKey ? 0.1 : 0.02;
      at ??= { x: width / 2, y: height / 2 };
      at = {
        x: Math.min(width - 1, Math.max(0, at.x + step[0] * by * width)),
        y: Math.min(height - 1, Math.max(0, at.y + step[1] * by * width)),
      };
      mark.place(at.x, at.y);
    } else if (event.key === "Enter") {
      at ??= { x: width / 2, y: height / 2 };
      const on = focusHere(app, mark, at.x, at.y);
      if (on !== null) app.say(`Focused on the layer ${on.layer}, ${distanceText(on.distance_m)}.`);
    } else if (event.key === "Escape" && at !== null) {
      at = null;
      mark.hide();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("blur", () => {
    at = null;
    mark.hide();
  });
}
