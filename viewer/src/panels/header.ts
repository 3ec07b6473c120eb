/** The header: the scene's name, the panels, and what is done with the whole view. */

import type { App } from "../state/app";
import type { PanelName } from "../state/state";
import { togglePanel } from "../tools/open_panels";
import { copyByButton, pasteByButton } from "../tools/settings_clipboard";
import { toggleCompare } from "../tools/shortcuts";
import { button } from "./controls";
import { element } from "./element";
import { brushIcon, compareIcon, copyIcon, helpIcon, lensIcon, lookIcon, pasteIcon, pathIcon, shootIcon } from "./icons";

interface PanelButton {
  readonly name: PanelName;
  readonly text: string;
  readonly icon: SVGElement;
}

/** The header; panels have the ids "panel-" and their name. */
export function header(app: App): HTMLElement {
  const { store, info } = app;
  const panels: readonly PanelButton[] = [
    { name: "lens", text: "Lens", icon: lensIcon() },
    { name: "look", text: "Look", icon: lookIcon() },
    { name: "timeline", text: "Path", icon: pathIcon() },
    { name: "touch-up", text: "Touch up", icon: brushIcon() },
    { name: "shoot", text: "Shoot", icon: shootIcon() },
  ];
  const tabs = panels.map(({ name, text, icon }) => {
    const tab = element("button", { type: "button", class: "tab", "aria-controls": `panel-${name}` }, icon, element("span", {}, text));
    tab.addEventListener("click", () => {
      togglePanel(store, name);
    });
    return { name, tab };
  });
  const compare = button("", () => {
    toggleCompare(app);
  }, { look: "quiet icon", title: "Compare with the photo", icon: compareIcon() });
  compare.disabled = !info.has_source;
  const show = (): void => {
    const { open, compare: share } = store.get();
    for (const { name, tab } of tabs) tab.setAttribute("aria-expanded", String(open.includes(name)));
    compare.setAttribute("aria-pressed", String(share !== null));
  };
  store.on(show);
  show();
  return element("header", { class: "header" },
    element("h1", { class: "brand" }, element("b", {}, "relens"), element("span", { class: "scene-name" }, info.name)),
    element("div", { class: "header-buttons" },
      compare,
      button("", () => void copyByButton(app), { look: "quiet icon", title: "Copy the settings as text", icon: copyIcon() }),
      button("", () => void pasteByButton(app), { look: "quiet icon", title: "Paste settings", icon: pasteIcon() }),
      button("", () => {
        togglePanel(store, "help");
      }, { look: "quiet icon", title: "Help and keys", icon: helpIcon() })),
    element("nav", { class: "tabs", "aria-label": "Panels" }, ...tabs.map(({ tab }) => tab)));
}
