/** The keyboard shortcuts: one table, which keyboard.ts answers to and the help shows. */

import type { App } from "../state/app";
import type { Tool } from "../state/state";
import { redoEdit, undoEdit } from "./edit_history";
import { addKeyframe } from "./keyframe_commands";
import { expose, turnAperture, turnFocus } from "./lens_controls";
import { togglePanel } from "./open_panels";
import { nextOverlay } from "./overlays";
import { goHome, stepCamera } from "./standing";

export interface Shortcut {
  /** Keys that do it, as `KeyboardEvent.key` with "Shift+" and "Mod+" (Ctrl, or the command key) before; one way to write each. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Whether it goes on while the key is held down. */
  readonly repeats: boolean;
  run(app: App): void;
}

export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

const FOCUS_RAD = 0.03;
const FOCUS_LARGE_RAD = 0.25;
const EXPOSURE_EV = 1 / 3;

function once(keys: readonly string[], does: string, run: (app: App) => void): Shortcut {
  return { keys, does, repeats: false, run };
}

function held(keys: readonly string[], does: string, run: (app: App) => void): Shortcut {
  return { keys, does, repeats: true, run };
}

function tool(key: string, name: Tool, does: string): Shortcut {
  return once([key], does, ({ store }) => {
    store.set({ tool: name });
  });
}

/** The table; `shoot` is what the shoot panel's first button does. */
export function shortcutGroups(shoot: (app: App) => void): readonly ShortcutGroup[] {
  return [
    { title: "Lens", shortcuts: [
      held(["ArrowLeft"], "Focus nearer", (app) => { turnFocus(app, -FOCUS_RAD); }),
      held(["ArrowRight"], "Focus farther", (app) => { turnFocus(app, FOCUS_RAD); }),
      held(["Shift+ArrowLeft"], "Focus much nearer", (app) => { turnFocus(app, -FOCUS_LARGE_RAD); }),
      held(["Shift+ArrowRight"], "Focus much farther", (app) => { turnFocus(app, FOCUS_LARGE_RAD); }),
      held(["[", "ArrowDown"], "Open the aperture by a third", (app) => { turnAperture(app, -1); }),
      held(["]", "ArrowUp"], "Close the aperture by a third", (app) => { turnAperture(app, 1); }),
      held(["e"], "Expose more", (app) => { expose(app, EXPOSURE_EV); }),
      held(["Shift+E"], "Expose less", (app) => { expose(app, -EXPOSURE_EV); }),
    ] },
    { title: "Camera", shortcuts: [
      held(["w"], "Step forward", (app) => { stepCamera(app, 0, 0, 1); }),
      held(["s"], "Step back", (app) => { stepCamera(app, 0, 0, -1); }),
      held(["a"], "Step left", (app) => { stepCamera(app, -1, 0, 0); }),
      held(["d"], "Step right", (app) => { stepCamera(app, 1, 0, 0); }),
      held(["Shift+W"], "Rise", (app) => { stepCamera(app, 0, -1, 0); }),
      held(["Shift+S"], "Sink", (app) => { stepCamera(app, 0, 1, 0); }),
      once(["0"], "Back to the photo's place", goHome),
    ] },
    { title: "Picture", shortcuts: [
      once(["o"], "Next overlay", (app) => { app.store.set({ overlay: nextOverlay(app, 1) }); }),
      once(["Shift+O"], "Overlay before", (app) => { app.store.set({ overlay: nextOverlay(app, -1) }); }),
      once(["c"], "Compare with the photo", toggleCompare),
      once(["Mod+C"], "Copy the settings", noRun),
      once(["Mod+V"], "Paste settings", noRun),
    ] },
    { title: "Touch up", shortcuts: [
      tool("f", "focus", "Focus by click"),
      tool("b", "brush", "Brush"),
      tool("h", "heal", "Heal"),
      tool("r", "recolour", "Recolour"),
      held(["Mod+Z"], "Undo", (app) => { void undoEdit(app); }),
      held(["Mod+Shift+Z", "Mod+Y"], "Redo", (app) => { void redoEdit(app); }),
    ] },
    { title: "Path and shots", shortcuts: [
      once([" "], "Play or pause the path", ({ store }) => { store.set({ playing: !store.get().playing }); }),
      once(["k"], "Add a keyframe", addKeyframe),
      once(["p"], "Shoot", shoot),
    ] },
    { title: "Page", shortcuts: [
      once(["1"], "Lens", ({ store }) => { togglePanel(store, "lens"); }),
      once(["2"], "Look", ({ store }) => { togglePanel(store, "look"); }),
      once(["3"], "Path", ({ store }) => { togglePanel(store, "timeline"); }),
      once(["4"], "Touch up", ({ store }) => { togglePanel(store, "touch-up"); }),
      once(["5"], "Shoot", ({ store }) => { togglePanel(store, "shoot"); }),
      once(["?"], "This help", ({ store }) => { togglePanel(store, "help"); }),
      once(["Escape"], "Back to focusing; stop comparing", leave),
    ] },
  ];
}

/** The before and after slider, on or off. */
export function toggleCompare(app: App): void {
  const { compare } = app.store.get();
  if (app.info.has_source) app.store.set({ compare: compare === null ? 0.5 : null });
  else app.say("This scene does not carry its source photo.");
}

function leave({ store }: App): void {
  store.set({ tool: "focus", compare: null, playing: false });
}

/** The system's own keys for copy and paste reach settings_clipboard.ts as events of their own. */
function noRun(): void {
  return undefined;
}
