/** The before and after slider: left of it the picture is the source photo. The picture itself is drawn by the live view. */

import type { App } from "../state/app";
import { element } from "./element";

const STEP = 0.02;
const LARGE_STEP = 0.1;
/** Room for a side's name beside the handle, CSS pixels. */
const NAME_PX = 72;

/** A line with a handle over the picture; hidden while nothing is compared. */
export function compareSlider(app: App): HTMLElement {
  const { store, live: { canvas } } = app;
  const photo = element("span", { class: "compare-side", "aria-hidden": "true" }, "photo");
  const picture = element("span", { class: "compare-side", "aria-hidden": "true" }, "relens");
  const root = element("div", {
    class: "compare", role: "slider", tabindex: 0, "aria-label": "Part of the picture that shows the photo",
    "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal",
  }, photo, element("span", { class: "compare-handle", "aria-hidden": "true" }), picture);

  const move = (share: number): void => {
    store.set({ compare: Math.min(1, Math.max(0, share)) });
  };
  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
  });
  root.addEventListener("pointermove", (event) => {
    if (!root.hasPointerCapture(event.pointerId)) return;
    const box = canvas.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  });
  root.addEventListener("keydown", (event) => {
    const now = store.get().compare ?? 0.5;
    const by = event.shiftKey ? LARGE_STEP : STEP;
    const next = {
      ArrowLeft: now - by, ArrowDown: now - by, ArrowRight: now + by, ArrowUp: now + by, PageDown: now - LARGE_STEP,
      PageUp: now + LARGE_STEP, Home: 0, End: 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(next);
  });
  const show = (): void => {
    const { compare } = store.get();
    root.hidden = compare === null;
    if (compare === null) return;
    const percent = Math.round(100 * compare);
    root.style.left = `${100 * compare}%`;
    root.setAttribute("aria-valuenow", String(percent));
    root.setAttribute("aria-valuetext", `${percent} % photo`);
    // Beside the picture a name would say nothing.
    photo.style.visibility = compare * canvas.clientWidth < NAME_PX ? "hidden" : "visible";
    picture.style.visibility = (1 - compare) * canvas.clientWidth < NAME_PX ? "hidden" : "visible";
  };
  store.on((state, before) => {
    if (state.compare !== before.compare) show();
  });
  new ResizeObserver(show).observe(canvas);
  show();
  return root;
}
