/** TimelineTrack: the ruler, the keyframes as diamonds, the curves, and the playhead over them. */

import { keyframeTimes } from "../path/keyframe_times";
import type { App } from "../state/app";
import type { State } from "../state/state";
import { chooseKeyframe, deleteKeyframe, moveKeyframe } from "../tools/keyframe_commands";
import { moments } from "../tools/moments";
import { pathHistory } from "../tools/path_history";
import { drawing, element } from "./element";
import { keyframeDiamonds } from "./keyframe_diamonds";
import { clockText, shownLength_s, ticks } from "./time_scale";
import { timelineCurves } from "./timeline_curves";

const FRAMES_PER_S = 24;

export function timelineTrack(app: App): HTMLElement {
  const { store } = app;
  const ruler = drawing("svg", { class: "ruler", "aria-hidden": "true" });
  const curves = timelineCurves();
  const playhead = element("div", {
    class: "playhead", role: "slider", tabindex: 0, "aria-label": "Playhead", "aria-valuemin": 0, "aria-orientation": "horizontal",
  }, element("span", { class: "playhead-grip" }));
  const lane = element("div", { class: "lane" });
  const root = element("div", { class: "timeline-track" }, ruler, lane, curves.root, playhead);
  let length_s = shownLength_s(0);
  let isDragging = false;

  const timeAt = (client_x: number): number => {
    const box = root.getBoundingClientRect();
    return Math.min(length_s, Math.max(0, ((client_x - box.left) / box.width) * length_s));
  };
  const go = (time_s: number): void => {
    store.set({ playing: false });
    moments(app).show(Math.min(length_s, Math.max(0, time_s)));
  };
  const diamonds = keyframeDiamonds({
    choose: (index) => {
      chooseKeyframe(app, index);
    },
    move: (index, time_s, gesture) => {
      moveKeyframe(app, index, time_s, gesture);
    },
    moved: () => {
      isDragging = false;
      pathHistory(app).rest();
      const { time_s } = store.get();
      moments(app).show(time_s);
      draw(store.get());
    },
    remove: () => {
      deleteKeyframe(app);
    },
    dragging: () => {
      isDragging = true;
    },
    timeAt,
  });
  lane.append(diamonds.root);

  const drawRuler = (): void => {
    const width_px = Math.max(1, root.clientWidth);
    ruler.setAttribute("viewBox", `0 0 ${width_px} 22`);
    ruler.replaceChildren(...ticks(length_s, width_px).flatMap(({ time_s, text }) => {
      const x = (time_s / length_s) * width_px;
      const line = drawing("line", { x1: x, x2: x, y1: text === null ? 17 : 13, y2: 22 });
      if (text === null || x > width_px - 14) return [line];
      return [line, drawing("text", { x: x + 3, y: 12 }, text)];
    }));
  };
  const drawPlayhead = ({ time_s }: State): void => {
    playhead.style.left = `${(100 * Math.min(time_s, length_s)) / length_s}%`;
    playhead.setAttribute("aria-valuenow", time_s.toFixed(2));
    playhead.setAttribute("aria-valuetext", clockText(time_s));
  };
  const draw = (state: State): void => {
    const { path, view } = state;
    const times_s = path === null ? [] : keyframeTimes(path.keyframes);
    const ready = moments(app).path();
    const prepared = ready === null || "wrong" in ready ? null : ready;
    const end_s = Math.max(prepared?.end_s ?? 0, times_s.at(-1) ?? 0, state.time_s);
    // The scale must not run away under a drag.
    if (!isDragging) length_s = shownLength_s(end_s);
    playhead.setAttribute("aria-valuemax", String(length_s));
    drawRuler();
    diamonds.show(times_s.map((at_s, at) => ({ time_s: at_s, hold_s: path?.keyframes[at]?.hold_s ?? 0 })), state.keyframe, length_s);
    curves.show(prepared, length_s, view.lens.f_number);
    drawPlayhead(state);
  };

  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest(".diamond") !== null)) return;
    event.preventDefault();
    root.setPointerCapture(event.pointerId);
    playhead.focus();
    go(timeAt(event.clientX));
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) go(timeAt(event.clientX));
  });
  playhead.addEventListener("keydown", (event) => {
    const target = stepped(event, store.get().time_s, length_s, store.get().path?.fps ?? FRAMES_PER_S);
    if (target === null) return;
    event.preventDefault();
    event.stopPropagation();
    go(target);
  });
  store.on((state, before) => {
    const isPathNew = state.path !== before.path || state.keyframe !== before.keyframe;
    const isLensNew = state.view.lens.f_number !== before.view.lens.f_number && !state.playing;
    if (isPathNew || isLensNew || state.time_s > length_s) draw(state);
    else if (state.time_s !== before.time_s) drawPlayhead(state);
  });
  new ResizeObserver(drawRuler).observe(root);
  draw(store.get());
  return root;
}

/** Where a key takes the playhead: arrows by a frame, with Shift or as page keys by a second; null for other keys. */
function stepped(event: KeyboardEvent, time_s: number, length_s: number, fps: number): number | null {
  const arrow_s = event.shiftKey ? 1 : 1 / fps;
  switch (event.key) {
    case "ArrowRight": case "ArrowUp": return time_s + arrow_s;
    case "ArrowLeft": case "ArrowDown": return time_s - arrow_s;
    case "PageUp": return time_s + 1;
    case "PageDown": return time_s - 1;
    case "Home": return 0;
    case "End": return length_s;
    default: return null;
  }
}
