/** CompareShot: a full render over the live picture, with a slider between the two. */

import type { App } from "../state/app";
import { button } from "./controls";
import { element } from "./element";
import { closeIcon } from "./icons";

export interface CompareShot {
  /** Take it off the picture. */
  close(): void;
}

/**
 * Lay a picture over the live view until it is closed, by its button, by Escape or by a change of the view, which it no
 * longer shows then. Left of the slider is the live view.
 */
export function compareShot(app: App, picture_url: string, closed: () => void): CompareShot {
  const { canvas } = app.live;
  const render = element("img", { src: picture_url, alt: "" });
  const handle = element("span", { class: "compare-handle" });
  const line = element("div", { class: "compare-line", "aria-hidden": "true" }, handle);
  const range = element("input", {
    type: "range", min: 0, max: 1000, "aria-label": "Live view to the left, full render to the right",
  });
  const root = element("div", { class: "compare-shot", role: "group", "aria-label": "Full render over the live view" },
    render, line, range,
    element("span", { class: "compare-name live" }, "Live"), element("span", { class: "compare-name" }, "Full"));
  const show = (): void => {
    const share = `${range.valueAsNumber / 10}%`;
    render.style.clipPath = `inset(0 0 0 ${share})`;
    line.style.left = share;
    range.setAttribute("aria-valuetext", `${Math.round(range.valueAsNumber / 10)} % live view`);
  };
  const place = (): void => {
    root.style.left = `${canvas.offsetLeft}px`;
    root.style.top = `${canvas.offsetTop}px`;
    root.style.width = `${canvas.clientWidth}px`;
    root.style.height = `${canvas.clientHeight}px`;
  };
  const moved = new ResizeObserver(place);
  const stopWatching = app.store.on((state, before) => {
    if (state.view !== before.view) close();
  });
  const close = (): void => {
    if (!root.isConnected) return;
    moved.disconnect();
    stopWatching();
    root.remove();
    closed();
  };
  root.append(button("", close, { look: "icon", title: "Close the comparison (Escape)", icon: closeIcon() }));
  root.addEventListener("keydown", (event) => {
    // Keys that turn rings must not reach the page from here.
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  root.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
  });
  range.addEventListener("input", show);
  range.value = "500";
  app.store.set({ compare: null });
  canvas.after(root);
  moved.observe(canvas);
  place();
  show();
  range.focus();
  return { close };
}
