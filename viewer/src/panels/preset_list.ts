/** The list of presets: each sets the whole lens and leaves the focus. */

import type { Preset } from "../scene/scene_info";
import type { App } from "../state/app";
import { PLAIN_LENS, type LensSettings } from "../state/view";
import { element } from "./element";

/** Radio buttons, one a preset; the arrow keys choose. */
export function presetList(app: App): HTMLElement {
  const { store, info } = app;
  const root = element("div", { class: "list presets", role: "radiogroup", "aria-label": "Presets" });
  const items = info.presets.map((preset) => {
    const item = element("button", { type: "button", role: "radio", class: "item", "aria-checked": "false" },
      element("span", { class: "value" }, preset.name), element("span", { class: "hint" }, settingsText(preset.lens)));
    item.addEventListener("click", () => {
      choose(preset);
    });
    return item;
  });
  root.append(...items);
  const choose = (preset: Preset): void => {
    store.look({ lens: preset.lens, preset: preset.name });
  };
  root.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = items.findIndex((item) => item === document.activeElement);
    if (by === undefined || at < 0) return;
    event.preventDefault();
    const next = (at + by + items.length) % items.length;
    items[next].focus();
    choose(info.presets[next]);
  });
  // The list scrolls by itself, never the panel around it.
  const reveal = (item: HTMLElement): void => {
    const [list, box] = [root.getBoundingClientRect(), item.getBoundingClientRect()];
    const isWhole = box.top >= list.top && box.bottom <= list.bottom && box.left >= list.left && box.right <= list.right;
    // Into the middle, so that there is something to choose on both sides.
    if (isWhole) return;
    root.scrollTop += (box.top + box.bottom - list.top - list.bottom) / 2;
    root.scrollLeft += (box.left + box.right - list.left - list.right) / 2;
  };
  const show = (): void => {
    const chosen = info.presets.findIndex(({ name }) => name === store.get().view.preset);
    items.forEach((item, index) => {
      item.setAttribute("aria-checked", String(index === chosen));
      item.tabIndex = index === Math.max(0, chosen) ? 0 : -1;
    });
    if (chosen >= 0) reveal(items[chosen]);
  };
  store.on((state, before) => {
    if (state.view.preset !== before.view.preset) show();
  });
  new ResizeObserver(show).observe(root);
  show();
  return root;
}

/** What a lens sets besides focal length and f-number, in a few words. */
export function settingsText(lens: LensSettings): string {
  const said: readonly (readonly [boolean, string])[] = [
    [lens.image !== null, "pupil from an image"],
    [lens.blades > 0, `${lens.blades} ${lens.curvature > 0 ? "rounded " : ""}blades`],
    [lens.image === null && lens.blades === 0, "disc"],
    [lens.squeeze !== PLAIN_LENS.squeeze, `${lens.squeeze}× anamorphic`],
    [lens.profile < 0, "creamy"],
    [lens.profile > 0, "bubbles"],
    [lens.cats_eye > 0, `cat's-eye ${lens.cats_eye}`],
    [lens.t_stop !== null, `T${lens.t_stop ?? ""}`],
    [lens.tilt_deg !== 0, `tilt ${lens.tilt_deg}°`],
    [lens.swing_deg !== 0, `swing ${lens.swing_deg}°`],
    [lens.axial_colour !== 0 || lens.lateral_colour !== 0, "colour errors"],
    [lens.breathing, "breathes"],
    [lens.vignetting, "vignettes"],
  ];
  return said.filter(([says]) => says).map(([, text]) => text).join(", ");
}
