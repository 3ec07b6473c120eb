/** KeyframeDiamonds: the keyframes of a path as buttons on a line of time, to choose, drag and delete. */

import { element } from "./element";
import { clockText } from "./time_scale";

/** What can be done to them; times in seconds. */
export interface DiamondActions {
  choose(index: number): void;
  /** Moves of one gesture belong together. */
  move(index: number, time_s: number, gesture: string): void;
  dragging(): void;
  moved(): void;
  /** Delete the chosen one. */
  remove(): void;
  timeAt(client_x: number): number;
}

export interface DiamondTime {
  readonly time_s: number;
  readonly hold_s: number;
}

export interface KeyframeDiamonds {
  readonly root: HTMLElement;
  show(keyframes: readonly DiamondTime[], chosen: number | null, length_s: number): void;
}

/** So far a press may wander and is still a click. */
const SLACK_PX = 4;
const STEP_S = 0.1;

export function keyframeDiamonds(actions: DiamondActions): KeyframeDiamonds {
  const root = element("div", { class: "diamonds", role: "group", "aria-label": "Keyframes" });
  const buttons: HTMLButtonElement[] = [];
  const holds: HTMLElement[] = [];
  let times: readonly DiamondTime[] = [];
  let gestures = 0;

  const make = (index: number): HTMLButtonElement => {
    const one = element("button", { type: "button", class: "diamond" });
    let start_x: number | null = null;
    let gesture = "";
    one.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      one.setPointerCapture(event.pointerId);
      start_x = event.clientX;
      gestures += 1;
      gesture = `drag-${gestures}`;
    });
    one.addEventListener("pointermove", (event) => {
      if (start_x === null) return;
      const isFar = Math.abs(event.clientX - start_x) > SLACK_PX;
      if (!isFar && !one.classList.contains("dragged")) return;
      if (!one.classList.contains("dragged")) {
        one.classList.add("dragged");
        actions.dragging();
      }
      actions.move(index, actions.timeAt(event.clientX), gesture);
    });
    const end = (): void => {
      start_x = null;
      if (!one.classList.contains("dragged")) return;
      // The click that ends a drag is none.
      setTimeout(() => { one.classList.remove("dragged"); }, 0);
      actions.moved();
    };
    one.addEventListener("pointerup", end);
    one.addEventListener("pointercancel", end);
    one.addEventListener("click", () => {
      if (!one.classList.contains("dragged")) actions.choose(index);
    });
    one.addEventListener("keydown", (event) => {
      if (!press(event, index)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    return one;
  };
  /** Whether a key means something here. */
  const press = (event: KeyboardEvent, index: number): boolean => {
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (sideways !== undefined) {
      const step_s = event.shiftKey ? 1 : STEP_S;
      actions.move(index, times[index].time_s + sideways * step_s, `keys-${index}`);
      actions.moved();
      return true;
    }
    const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (along !== undefined) {
      const next = index + along;
      if (next < 0 || next >= buttons.length) return true;
      actions.choose(next);
      buttons[next].focus();
      return true;
    }
    if (event.key !== "Delete" && event.key !== "Backspace") return false;
    actions.choose(index);
    actions.remove();
    const next = buttons.at(Math.min(index, buttons.length - 1)) ?? root.closest(".timeline")?.querySelector("button");
    next?.focus();
    return true;
  };

  return {
    root,
    show(keyframes, chosen, length_s) {
      times = keyframes;
      while (buttons.length < keyframes.length) {
        buttons.push(make(buttons.length));
        holds.push(element("span", { class: "held", "aria-hidden": "true" }));
      }
      for (const gone of [...buttons.splice(keyframes.length), ...holds.splice(keyframes.length)]) gone.remove();
      keyframes.forEach(({ time_s, hold_s }, index) => {
        const [one, hold] = [buttons[index], holds[index]];
        if (!one.isConnected) root.append(hold, one);
        one.style.left = `${(100 * time_s) / length_s}%`;
        hold.style.left = one.style.left;
        hold.style.width = `${(100 * hold_s) / length_s}%`;
        hold.hidden = hold_s === 0;
        const words = `Keyframe ${index + 1} of ${keyframes.length} at ${clockText(time_s)}`;
        one.setAttribute("aria-label", words);
        one.title = `${words}: drag or arrow keys move it, Delete takes it out`;
        one.setAttribute("aria-pressed", String(index === chosen));
      });
    },
  };
}
