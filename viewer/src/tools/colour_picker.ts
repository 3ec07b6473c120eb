/** ColourPicker: takes the brush's colour from the picture, by Alt+click or by a click after a button. */

import type { App } from "../state/app";
import { reasonOf } from "../state/reason";
import { colourAt } from "./live_picture";

export interface ColourPicker {
  /** The next click on the picture picks; again: it does not. */
  arm(): void;
  /** Be told whether the next click picks. */
  onArmed(listener: (armed: boolean) => void): void;
}

/** Picks for a whole page: it hears of clicks before the tools do. */
export function colourPicker(app: App): ColourPicker {
  const { canvas } = app.live;
  const listeners: ((armed: boolean) => void)[] = [];
  let armed = false;
  const setArmed = (on: boolean): void => {
    armed = on;
    canvas.style.cursor = on ? "crosshair" : "";
    for (const listener of listeners) listener(on);
  };
  const pick = async (event: PointerEvent): Promise<void> => {
    const box = canvas.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const down = (event.clientY - box.top) / box.height;
    const colour = colourAt(await app.live.pixels(), across, down);
    app.store.set({ brush: { ...app.store.get().brush, colour } });
    app.say(`The colour is ${colour}.`);
  };
  document.addEventListener("pointerdown", (event) => {
    const { tool } = app.store.get();
    const wanted = armed || (event.altKey && (tool === "brush" || tool === "recolour"));
    if (!wanted || !isOnPicture(canvas, event)) return;
    event.stopPropagation();
    event.preventDefault();
    setArmed(false);
    pick(event).catch((error: unknown) => {
      app.say(reasonOf(error), "wrong");
    });
  }, { capture: true });
  document.addEventListener("keydown", (event) => {
    if (!armed || event.key !== "Escape") return;
    event.stopPropagation();
    setArmed(false);
  }, { capture: true });
  return {
    arm: () => {
      setArmed(!armed);
    },
    onArmed: (listener) => {
      listeners.push(listener);
    },
  };
}

function isOnPicture(canvas: HTMLCanvasElement, event: PointerEvent): boolean {
  const stage = canvas.parentElement;
  const box = canvas.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  const inside = x >= box.left && x < box.right && y >= box.top && y < box.bottom;
  // Things may lie over the picture, but panels are not within its stage.
  return inside && event.target instanceof Node && stage !== null && stage.contains(event.target);
}
