/** A ring of the lens barrel: engraved metal that turns under a finger, a wheel or the arrow keys. */

import type { Engraving } from "../lens/focus_scale";
import { wantsLessMotion } from "../tools/ease";
import { barrelRadius, drawMetal, drawRibs, engrave, score, sheetOf } from "./barrel_metal";
import { element } from "./element";

export interface RingReading {
  /** What stands at the index. */
  readonly turn_rad: number;
  readonly engravings: readonly Engraving[];
  /** For screen readers: the value in words, and as a number between two others. */
  readonly words: string;
  readonly now: number;
  readonly min: number;
  readonly max: number;
}

export interface RingMaking {
  readonly name: string;
  readonly label: string;
  /** On which side of the numbers the ribs are; the other side is where the index is. */
  readonly ribs: "above" | "below";
  readonly every_rad: number;
  /** Dragged to a turn. */
  turn(turn_rad: number): void;
  /** One step up or down by key or wheel: a small one, a large one, or to the end. */
  step(direction: 1 | -1, size: "small" | "large" | "end"): void;
}

export interface Ring {
  readonly root: HTMLElement;
  show(reading: RingReading): void;
  /** Draw again, in the theme's colours. */
  redraw(): void;
}

/** Pixels of a wheel for a small step. */
const WHEEL_PX = 40;
/** Of the way that is left, in a frame, when a value jumps. */
const SPIN = 0.3;

const KEYS: Readonly<Record<string, readonly [1 | -1, "small" | "large" | "end"] | undefined>> = {
  ArrowRight: [1, "small"], ArrowUp: [1, "small"], ArrowLeft: [-1, "small"], ArrowDown: [-1, "small"],
  PageUp: [1, "large"], PageDown: [-1, "large"], End: [1, "end"], Home: [-1, "end"],
};

/** A ring; `show` tells it what it reads. */
export function barrelRing(making: RingMaking): Ring {
  const canvas = element("canvas", { class: "metal", "aria-hidden": "true" });
  const root = element("div", {
    class: `ring ${making.name}`, role: "slider", tabindex: 0, "aria-label": making.label, "aria-orientation": "horizontal",
  }, canvas);
  let reading: RingReading | null = null;
  let shown_rad: number | null = null;
  let frame: number | null = null;

  const draw = (): void => {
    const sheet = sheetOf(canvas);
    if (sheet === null || reading === null || shown_rad === null) return;
    const above = making.ribs === "above";
    const ribs = Math.round(sheet.height * 0.4);
    drawMetal(sheet);
    drawRibs(sheet, shown_rad, making.every_rad, above ? 0 : sheet.height - ribs, above ? ribs : sheet.height - 1);
    const size = sheet.height < 48 ? 11 : 13;
    const plain = sheet.height - ribs;
    const numbers = above ? ribs + 0.4 * plain : 0.62 * plain;
    const edge = above ? sheet.height - 2 : 1;
    const inward = above ? -1 : 1;
    const [strong, faint] = [sheet.colour("--engraved"), sheet.colour("--engraved-faint")];
    for (const { turn_rad, text } of withRoom(reading.engravings, size / sheet.radius)) {
      const long = text === null ? 4 : 6;
      const end = edge + inward * long;
      score(sheet, turn_rad - shown_rad, Math.min(edge, end), Math.max(edge, end), text === null ? faint : strong, text === null ? 1 : 1.5);
      if (text !== null) engrave(sheet, turn_rad - shown_rad, text, numbers, size, strong);
    }
  };

  const spin = (): void => {
    frame = null;
    if (reading === null || shown_rad === null) return;
    const left = reading.turn_rad - shown_rad;
    shown_rad = Math.abs(left) < 1e-3 ? reading.turn_rad : shown_rad + left * SPIN;
    draw();
    if (shown_rad !== reading.turn_rad) frame = window.requestAnimationFrame(spin);
  };

  new ResizeObserver(draw).observe(canvas);
  turnable(root, making, () => reading?.turn_rad ?? 0, () => barrelRadius(canvas.clientWidth));
  return {
    root,
    redraw: draw,
    show(next) {
      // Another scale has nothing to spin from; a drag is followed at once.
      const jumps = shown_rad === null || wantsLessMotion() || root.classList.contains("is-turned")
        || next.engravings !== reading?.engravings;
      reading = next;
      root.setAttribute("aria-valuetext", next.words);
      root.setAttribute("aria-valuenow", String(next.now));
      root.setAttribute("aria-valuemin", String(next.min));
      root.setAttribute("aria-valuemax", String(next.max));
      if (jumps) shown_rad = next.turn_rad;
      frame ??= window.requestAnimationFrame(spin);
    },
  };
}

/** Of a number's height. */
const DIGIT = 0.58;

/**
 * The engravings with room around every text: those that would run into the one before are lines only.
 *
 * `size_rad` is how high a text is, as an angle on the ring. Which are left out does not change as the ring turns.
 */
export function withRoom(engravings: readonly Engraving[], size_rad: number): readonly Engraving[] {
  let end_rad = -Infinity;
  return [...engravings].sort((one, other) => one.turn_rad - other.turn_rad).map((engraving) => {
    const { turn_rad, text } = engraving;
    if (text === null) return engraving;
    const half_rad = (DIGIT * text.length * size_rad) / 2;
    if (turn_rad - half_rad < end_rad) return { turn_rad, text: null };
    end_rad = turn_rad + half_rad + DIGIT * size_rad;
    return engraving;
  });
}

function turnable(root: HTMLElement, making: RingMaking, now: () => number, radius: () => number): void {
  let held: { readonly id: number; readonly x: number; readonly turn_rad: number } | null = null;
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held !== null) return;
    held = { id: event.pointerId, x: event.clientX, turn_rad: now() };
    root.setPointerCapture(event.pointerId);
    root.classList.add("is-turned");
  });
  root.addEventListener("pointermove", (event) => {
    // The engraving under the finger stays there: to the right brings up what lies left of the index.
    if (held?.id === event.pointerId) making.turn(held.turn_rad - (event.clientX - held.x) / radius());
  });
  const release = (event: PointerEvent): void => {
    if (held?.id !== event.pointerId) return;
    held = null;
    root.classList.remove("is-turned");
  };
  root.addEventListener("pointerup", release);
  root.addEventListener("pointercancel", release);
  let rolled = 0;
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    rolled -= event.deltaY + event.deltaX;
    for (; Math.abs(rolled) >= WHEEL_PX; rolled -= Math.sign(rolled) * WHEEL_PX) making.step(rolled > 0 ? 1 : -1, "small");
  }, { passive: false });
  root.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    making.step(...step);
  });
}
