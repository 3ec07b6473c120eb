/** TouchUpPanel: paint, heal and recolour on the canonical texture, its edits and its pages. */

import type { App } from "../state/app";
import type { Brush, State, Tool } from "../state/state";
import { brushRing } from "../tools/brush_ring";
import { colourPicker } from "../tools/colour_picker";
import { whyReadOnly } from "../tools/edit_queue";
import { conflictNotice } from "./conflict_notice";
import { button, field, group, segmented, slider } from "./controls";
import { element } from "./element";
import { historyList } from "./history_list";
import { pageList } from "./page_list";
import "../style/touch_up.css";

const HINTS: Readonly<Record<Tool, string>> = {
  focus: "A click on the picture focuses there. Choose a tool to paint.",
  brush: "Drag over the picture to paint. The paint lies on the thing it begins on, and goes out of focus with it.",
  heal: "Drag over a spot or a scar: it is filled with texture from beside it.",
  recolour: "Drag over something to give it the colour; its light and shadow stay.",
};
const PAINT_TOOLS: readonly Tool[] = ["brush", "heal", "recolour"];
const HEX = /^#?[0-9a-f]{6}$/i;

/** The panel; the brush's ring, and a notice for edits in conflict with another tab's, are put over the page as well. */
export function touchUpPanel(app: App): HTMLElement {
  const { store } = app;
  const refusal = whyReadOnly(app);
  const tools = segmented<Tool>("Tool", [
    { value: "focus", text: "Focus" }, { value: "brush", text: "Brush" },
    { value: "heal", text: "Heal" }, { value: "recolour", text: "Recolour" },
  ], (tool) => {
    store.set({ tool });
  });
  if (refusal !== null) for (const tool of PAINT_TOOLS) tools.forbid(tool, refusal);
  const hint = element("p", { class: "hint" });
  const brush = brushControls(app);
  const show = ({ tool }: State): void => {
    tools.show(tool);
    hint.textContent = refusal === null ? HINTS[tool] : "";
    brush.hidden = tool === "focus";
  };
  store.on((state, before) => {
    if (state.tool !== before.tool) show(state);
  });
  show(store.get());
  document.body.append(conflictNotice(app));
  brushRing(app);
  return element("div", { class: "panel-body touch-up" },
    refusal === null ? null : element("p", { class: "warning" }, refusal),
    group("Tool", tools.root, hint, brush),
    app.server === null ? null : historyList(app),
    app.server === null ? null : pageList(app, app.server),
  );
}

/** Radius, opacity or strength, and colour, as far as the tool has them. */
function brushControls(app: App): HTMLElement {
  const { store, info } = app;
  const change = (part: Partial<Brush>): void => {
    store.set({ brush: { ...store.get().brush, ...part } });
  };
  // Even steps of a slider are equal factors of the radius.
  const widest_px = Math.max(16, Math.round(Math.max(info.camera.width_px, info.camera.height_px) / 8));
  const octave = (radius_px: number): number => Math.log2(Math.max(1, radius_px));
  const radiusOf = (octaves: number): number => {
    const radius_px = 2 ** octaves;
    return radius_px < 10 ? Math.round(radius_px * 10) / 10 : Math.round(radius_px);
  };
  const normal = store.get().brush;
  const radius = slider({
    label: "Radius", min: 0, max: octave(widest_px), step: 0.01, normal: octave(normal.radius_px),
    text: (octaves) => `${radiusOf(octaves)} px of the photo`,
  }, (octaves) => {
    change({ radius_px: radiusOf(octaves) });
  });
  const percent = (value: number): string => `${Math.round(100 * value)} %`;
  const range = { min: 0.01, max: 1, step: 0.01, text: percent, normal: 1 };
  const setOpacity = (opacity: number): void => {
    change({ opacity });
  };
  const opacity = slider({ label: "Opacity", ...range }, setOpacity);
  const strength = slider({ label: "Strength", ...range }, setOpacity);
  const colour = colourRow(app, (to) => {
    change({ colour: to });
  });
  const show = ({ tool, brush }: State): void => {
    radius.show(octave(brush.radius_px));
    opacity.show(brush.opacity);
    strength.show(brush.opacity);
    colour.show(brush.colour);
    opacity.root.hidden = tool !== "brush";
    strength.root.hidden = tool !== "recolour";
    colour.root.hidden = tool === "heal";
  };
  store.on((state, before) => {
    if (state.brush !== before.brush || state.tool !== before.tool) show(state);
  });
  show(store.get());
  return element("div", { class: "group" }, radius.root, opacity.root, strength.root, colour.root);
}

function colourRow(app: App, change: (colour: string) => void): { root: HTMLElement; show(colour: string): void } {
  const swatch = element("input", { type: "color", class: "swatch", "aria-label": "Colour" });
  const hex = element("input", { type: "text", size: 8, maxlength: 7, spellcheck: false, autocomplete: "off" });
  swatch.addEventListener("input", () => {
    change(swatch.value);
  });
  hex.addEventListener("change", () => {
    const text = hex.value.trim().toLowerCase();
    if (HEX.test(text)) change(`#${text.replace("#", "")}`);
    else app.say(`${text} is no colour; expected #rrggbb, e.g. #c04020.`, "wrong");
    hex.value = app.store.get().brush.colour;
  });
  const picker = colourPicker(app);
  const pick = button("From the picture", () => {
    picker.arm();
  }, { title: "Take the colour from the picture (Alt+click)" });
  pick.setAttribute("aria-pressed", "false");
  picker.onArmed((armed) => {
    pick.setAttribute("aria-pressed", String(armed));
    if (armed) app.say("Click on the picture to take the colour there.");
  });
  return {
    root: element("div", { class: "row colour-row" }, swatch, field("Colour, sRGB", hex), pick),
    show(colour) {
      swatch.value = colour;
      hex.value = colour;
    },
  };
}
