/** The layout: the picture, the lens under it, panels beside it and the timeline below. */

import type { App } from "../state/app";
import type { PanelName } from "../state/state";
import { focusMark } from "../tools/focus_mark";
import { markByKeys } from "../tools/focus_here";
import { gestures } from "../tools/gestures";
import { keyboard } from "../tools/keyboard";
import { keepTheme } from "../tools/kept_theme";
import { fitPanels, isNarrow } from "../tools/open_panels";
import { settingsClipboard } from "../tools/settings_clipboard";
import { shortcutGroups } from "../tools/shortcuts";
import { barrel } from "./barrel";
import { compareSlider } from "./compare_slider";
import { button } from "./controls";
import { element } from "./element";
import { header } from "./header";
import { help } from "./help";
import { closeIcon } from "./icons";
import { lensPanel } from "./lens_panel";
import { lookPanel } from "./look_panel";
import { shoot, shootPanel } from "./shoot_panel";
import { statusLine } from "./status_line";
import { timelinePanel } from "./timeline_panel";
import { touchUpPanel } from "./touch_up_panel";

const TITLES: Readonly<Record<Exclude<PanelName, "help">, string>> = {
  lens: "Lens", look: "Look", "touch-up": "Touch up", shoot: "Shoot", timeline: "Path",
};

/**
 * The whole page, which answers to mouse, fingers and keys from now on.
 *
 * `messages` is the line that `App.say` writes to (`panels/messages.ts`).
 */
export function layout(app: App, messages: HTMLElement): HTMLElement {
  const { store, live } = app;
  const groups = shortcutGroups(shoot);
  const mark = focusMark();
  prepareCanvas(app);
  gestures(app, mark);
  markByKeys(app, mark);
  keyboard(app, groups);
  settingsClipboard(app);
  keepTheme(store);

  const beside = [
    panel(app, "lens", lensPanel(app)), panel(app, "look", lookPanel(app)),
    panel(app, "touch-up", touchUpPanel(app)), panel(app, "shoot", shootPanel(app)),
  ];
  const side = element("aside", { class: "side", "aria-label": "Panels" }, ...beside);
  const timeline = panel(app, "timeline", timelinePanel(app));
  const frame = element("div", { class: "frame" }, live.canvas, compareSlider(app), mark.root);
  const { width_px, height_px } = app.info.camera;
  frame.style.setProperty("--aspect", String(width_px / height_px));
  const root = element("div", { class: "page" },
    header(app),
    element("section", { class: "stage", "aria-label": "Picture" }, frame),
    statusLine(app, messages),
    barrel(app), side, timeline, help(app, groups));

  const show = (): void => {
    const { open, theme, tool } = store.get();
    for (const one of [...beside, timeline]) one.hidden = !open.includes(one.dataset["panel"] as PanelName);
    side.hidden = beside.every((one) => one.hidden);
    root.classList.toggle("has-timeline", !timeline.hidden);
    root.classList.toggle("has-sheet", !side.hidden || !timeline.hidden);
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    live.canvas.dataset["tool"] = tool;
  };
  store.on((state, before) => {
    if (state.open !== before.open || state.theme !== before.theme || state.tool !== before.tool) show();
  });
  // A phone begins with picture and barrel.
  if (isNarrow()) store.set({ open: [] });
  fitPanels(store);
  show();
  return root;
}

function prepareCanvas({ live: { canvas }, info }: App): void {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${info.name}, photographed through the lens. Arrow keys move a mark, Enter focuses there.`);
}

function panel(app: App, name: Exclude<PanelName, "help">, body: HTMLElement): HTMLElement {
  const title = TITLES[name];
  const close = button("", () => {
    const { open } = app.store.get();
    app.store.set({ open: open.filter((one) => one !== name) });
  }, { look: "quiet icon", title: `Close ${title}`, icon: closeIcon() });
  const made = element("section", { class: "panel", id: `panel-${name}`, "data-panel": name, "aria-label": title },
    element("header", { class: "panel-header" }, element("h2", {}, title), close), body);
  return made;
}
