/** Fingers on the picture: one focuses or paints, two look around or, pinching, turn the aperture. */

import { fNumberAt, thirdsOf } from "../lens/f_stops";
import type { App } from "../state/app";
import type { Pose } from "../state/view";
import type { BrushStroke } from "./brush_stroke";
import { focusHere } from "./focus_here";
import type { FocusMark } from "./focus_mark";
import { setAperture } from "./lens_controls";
import { dragCamera } from "./standing";

/** A finger that stays alone so long is one, milliseconds. */
const ALONE_MS = 90;
const MOVED_PX = 8;
const FOLLOW_MS = 140;
/** So many pixels farther apart or nearer two fingers pinch; so many together they look around. One moves before the other. */
const PINCHED_PX = 24;
const LOOKED_PX = 16;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Pair {
  readonly does: "nothing" | "look" | "pinch";
  readonly middle: Point;
  readonly apart_px: number;
  readonly pose: Pose;
  readonly f_number: number;
}

/** Answer to fingers on the canvas. */
export function touchGestures(app: App, mark: FocusMark, stroke: BrushStroke): void {
  const { canvas } = app.live;
  const fingers = new Map<number, Point>();
  // "waiting": it is not sure yet that no second finger comes. "over": two were down, and nothing begins until none is.
  let one: "none" | "waiting" | "focus" | "paint" | "over" = "none";
  let pair: Pair | null = null;
  let start: Point = { x: 0, y: 0 };
  let timer = 0;
  let asked = 0;

  const begin = (at: Point): void => {
    window.clearTimeout(timer);
    one = app.store.get().tool === "focus" ? "focus" : "paint";
    if (one === "focus") focusHere(app, mark, at.x, at.y);
    else stroke.down(at.x, at.y);
  };
  const follow = (at: Point): void => {
    window.cancelAnimationFrame(asked);
    asked = window.requestAnimationFrame(() => {
      if (one === "focus") focusHere(app, mark, at.x, at.y, FOLLOW_MS);
    });
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    app.store.set({ playing: false });
    if (fingers.size === 1 && one === "none") {
      start = { x: event.offsetX, y: event.offsetY };
      one = "waiting";
      timer = window.setTimeout(() => {
        if (one === "waiting") begin(start);
      }, ALONE_MS);
    } else if (fingers.size === 2) {
      window.clearTimeout(timer);
      if (one === "paint") stroke.cancel();
      one = "over";
      pair = pairOf(fingers, app);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const at = { x: event.offsetX, y: event.offsetY };
    fingers.set(event.pointerId, at);
    if (one === "waiting" && Math.hypot(at.x - start.x, at.y - start.y) > MOVED_PX) begin(start);
    if (one === "focus") follow(at);
    else if (one === "paint") stroke.move(at.x, at.y);
    else if (pair !== null && fingers.size === 2) pair = movedPair(app, pair, fingers);
  });
  const release = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === "pointercancel") {
      window.clearTimeout(timer);
      if (one === "paint") stroke.cancel();
      one = "over";
    }
    if (one === "waiting") begin(start);
    if (one === "paint") stroke.up();
    if (fingers.size < 2) pair = null;
    if (fingers.size === 0) one = "none";
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
}

function pairOf(fingers: ReadonlyMap<number, Point>, app: App): Pair {
  const { pose, lens } = app.store.get().view;
  return { does: "nothing", ...between(fingers), pose, f_number: lens.f_number };
}

function movedPair(app: App, pair: Pair, fingers: ReadonlyMap<number, Point>): Pair {
  const { middle, apart_px } = between(fingers);
  const [across, down] = [middle.x - pair.middle.x, middle.y - pair.middle.y];
  const factor = apart_px / pair.apart_px;
  if (pair.does === "nothing") {
    if (Math.abs(apart_px - pair.apart_px) > PINCHED_PX) return { ...pair, does: "pinch" };
    return Math.hypot(across, down) > LOOKED_PX ? { ...pair, does: "look" } : pair;
  }
  if (pair.does === "look") {
    const { clientWidth, clientHeight } = app.live.canvas;
    dragCamera(app, pair.pose, across / clientWidth, down / clientHeight);
  } else {
    // Fingers that go apart open the pupil as they would a hole.
    setAperture(app, fNumberAt(Math.round(thirdsOf(pair.f_number / factor))));
  }
  return pair;
}

function between(fingers: ReadonlyMap<number, Point>): { readonly middle: Point; readonly apart_px: number } {
  const [a, b] = [...fingers.values()] as [Point, Point];
  return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, apart_px: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
}
