/** Gestures on the picture: mouse, pen and wheel. Fingers are in touch.ts. */

import type { App } from "../state/app";
import type { Pose } from "../state/view";
import type { BrushStroke } from "./brush_stroke";
import { brushStroke } from "./brush_stroke";
import type { FocusMark } from "./focus_mark";
import { focusHere } from "./focus_here";
import { stopPull } from "./focus_pull";
import { turnAperture, turnFocus } from "./lens_controls";
import { dragCamera, goHome, rollCamera } from "./standing";
import { touchGestures } from "./touch";

/** A click that moves less is a click, CSS pixels. */
const CLICK_PX = 4;
/** Clicks that follow sooner may be a double click. */
const DOUBLE_MS = 500;
const FOCUS_RAD_PX = 6e-4;
const THIRD_PX = 60;

/** What the pointer that is down does. */
type Held =
  | { readonly does: "click" | "look"; readonly id: number; readonly x: number; readonly y: number; readonly pose: Pose }
  | { readonly does: "paint"; readonly id: number };

/** Answer to pointers, wheel and fingers on the canvas. */
export function gestures(app: App, mark: FocusMark): void {
  const { canvas } = app.live;
  const stroke = brushStroke(app);
  canvas.style.touchAction = "none";
  mouse(app, mark, stroke);
  touchGestures(app, mark, stroke);
  wheel(app);
  canvas.addEventListener("contextmenu", (event) => {
    event.preventDefault();
  });
}

function mouse(app: App, mark: FocusMark, stroke: BrushStroke): void {
  const { canvas } = app.live;
  const { store } = app;
  let held: Held | null = null;
  // What a double click must give back: its first click has moved the focus.
  let focusBefore = store.get().view.focus;
  let clicked_ms = -Infinity;

  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || held !== null) return;
    canvas.setPointerCapture(event.pointerId);
    const { tool, view } = store.get();
    const { offsetX: x, offsetY: y, pointerId: id } = event;
    stopPlaying(app);
    // The other buttons look around whatever the tool.
    if (event.button !== 0) held = { does: "look", id, x, y, pose: view.pose };
    else if (tool === "focus") held = { does: "click", id, x, y, pose: view.pose };
    else {
      held = { does: "paint", id };
      stroke.down(x, y);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held?.id !== event.pointerId) return;
    if (held.does === "paint") {
      stroke.move(event.offsetX, event.offsetY);
      return;
    }
    const [across, down] = [event.offsetX - held.x, event.offsetY - held.y];
    if (held.does === "click" && Math.hypot(across, down) > CLICK_PX) held = { ...held, does: "look" };
    if (held.does === "look") {
      canvas.classList.add("looks-around");
      dragCamera(app, held.pose, across / canvas.clientWidth, down / canvas.clientHeight);
    }
  });
  const release = (event: PointerEvent): void => {
    if (held?.id !== event.pointerId) return;
    const done = held;
    held = null;
    canvas.classList.remove("looks-around");
    if (event.type === "pointercancel") {
      if (done.does === "paint") stroke.cancel();
    } else if (done.does === "paint") {
      stroke.up();
    } else if (done.does === "click") {
      if (event.timeStamp - clicked_ms > DOUBLE_MS) focusBefore = store.get().view.focus;
      clicked_ms = event.timeStamp;
      focusHere(app, mark, event.offsetX, event.offsetY);
    }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("dblclick", () => {
    if (store.get().tool !== "focus") return;
    mark.hide();
    stopPull();
    store.look({ focus: focusBefore });
    goHome(app);
  });
}

function wheel(app: App): void {
  let rolled = 0;
  app.live.canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    stopPlaying(app);
    // With Shift some systems scroll sideways.
    const by = event.deltaY === 0 ? event.deltaX : event.deltaY;
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 * by : by;
    if (event.ctrlKey || event.metaKey) {
      rollCamera(app, -pixels);
    } else if (event.shiftKey) {
      rolled -= pixels;
      const thirds = Math.trunc(rolled / THIRD_PX);
      rolled -= thirds * THIRD_PX;
      turnAperture(app, thirds);
    } else {
      turnFocus(app, -pixels * FOCUS_RAD_PX);
    }
  }, { passive: false });
}

/** Whoever takes hold of the picture stops a path that plays. */
export function stopPlaying(app: App): void {
  app.store.set({ playing: false });
}
