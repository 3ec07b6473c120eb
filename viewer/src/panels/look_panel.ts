/** The look panel: what lies over the picture, the photo beside it, where the camera stands, and the page's theme. */

import type { App } from "../state/app";
import type { Overlay, Theme } from "../state/state";
import { nextOverlay, overlayRefusal, OVERLAYS } from "../tools/overlays";
import { goHome } from "../tools/standing";
import { button, group, segmented, toggle } from "./controls";
import { element } from "./element";
import { homeIcon } from "./icons";

/** The panel. */
export function lookPanel(app: App): HTMLElement {
  const { store, info } = app;
  const overlays = overlayList(app);
  const compare = toggle("Compare with the photo", (on) => {
    store.set({ compare: on ? 0.5 : null });
  });
  compare.input.disabled = !info.has_source;
  const home = button("Back to the photo's place", () => {
    goHome(app);
  }, { icon: homeIcon() });
  const place = element("p", { class: "hint value" });
  const theme = segmented<Theme>("Theme", [
    { value: "auto", text: "Auto", title: "As the system is" }, { value: "dark", text: "Dark" }, { value: "light", text: "Light" },
  ], (value) => {
    store.set({ theme: value });
  });
  const level = element("p", { class: "hint value" });

  const show = (): void => {
    const state = store.get();
    overlays.show(state.overlay);
    compare.show(state.compare !== null);
    theme.show(state.theme);
    place.textContent = placeText(state.view.pose.eye_m);
  };
  const showLevel = (): void => {
    const { width_px, height_px } = app.live.level;
    const { camera } = info;
    const whole = width_px === camera.width_px && height_px === camera.height_px;
    level.textContent = whole
      ? `Drawn from the photo at its full size, ${width_px} × ${height_px}.`
      : `Drawn from the photo at ${width_px} × ${height_px} of ${camera.width_px} × ${camera.height_px}; shots use all of it.`;
  };
  store.on(show);
  app.live.onFrame(showLevel);
  show();
  showLevel();

  return element("div", { class: "panel-body" },
    group("Over the picture", overlays.root),
    group("Photo", compare.root, info.has_source ? null : element("p", { class: "hint" }, "The scene does not carry its source photo.")),
    group("Camera", home, place),
    group("Theme", theme.root),
    group("Size", level));
}

function overlayList(app: App): { readonly root: HTMLElement; show(overlay: Overlay): void } {
  const items = new Map<Overlay, HTMLButtonElement>();
  const root = element("div", { class: "list", role: "radiogroup", "aria-label": "Overlay" });
  for (const { value, text, means } of OVERLAYS) {
    const refusal = overlayRefusal(app, value);
    const item = element("button", {
      type: "button", role: "radio", class: "item", "aria-checked": "false", "aria-disabled": refusal !== null ? "true" : null,
    }, text, element("span", { class: "hint" }, refusal ?? means));
    item.addEventListener("click", () => {
      if (refusal === null) app.store.set({ overlay: value });
    });
    items.set(value, item);
    root.append(item);
  }
  root.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = nextOverlay(app, by);
    app.store.set({ overlay: next });
    items.get(next)?.focus();
  });
  return {
    root,
    show(overlay) {
      for (const [value, item] of items) {
        item.setAttribute("aria-checked", String(value === overlay));
        item.tabIndex = value === overlay ? 0 : -1;
      }
    },
  };
}

function placeText([x, y, z]: readonly [number, number, number]): string {
  const centimetres = (value: number): string => (100 * Math.abs(value)).toFixed(1);
  if (Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) < 5e-4) return "The camera stands where the photo was taken.";
  const parts = [
    [x, "right", "left"], [y, "down", "up"], [z, "forward", "back"],
  ] as const;
  const said = parts.filter(([value]) => Math.abs(value) >= 5e-4)
    .map(([value, plus, minus]) => `${centimetres(value)} cm ${value > 0 ? plus : minus}`);
  return `The camera stands ${said.join(", ")} of the photo's place.`;
}
