/** The help: what the mouse, fingers and keys do, in a dialog over the page. */

import type { App } from "../state/app";
import type { Shortcut, ShortcutGroup } from "../tools/shortcuts";
import { button } from "./controls";
import { element } from "./element";
import { closeIcon } from "./icons";

const GESTURES: readonly (readonly [string, string])[] = [
  ["Click, or tap", "focus there"],
  ["Drag; two fingers", "look around"],
  ["One finger", "focus follows it"],
  ["Pinch", "open or close the aperture"],
  ["Wheel", "focus nearer or farther"],
  ["Shift and wheel", "turn the aperture"],
  ["Ctrl and wheel", "step forward or back"],
  ["Double click", "back to the photo's place"],
  ["Drag a ring", "turn it"],
  ["Tab to the picture, arrows, Enter", "focus without a mouse"],
];

const SYMBOLS: Readonly<Record<string, string>> = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space", Escape: "Esc",
};

/** The dialog; it opens and closes with the state. */
export function help(app: App, groups: readonly ShortcutGroup[]): HTMLDialogElement {
  const { store } = app;
  const close = (): void => {
    store.set({ open: store.get().open.filter((name) => name !== "help") });
  };
  const dialog = element("dialog", { class: "help", "aria-label": "Help" },
    element("header", {}, element("h2", {}, "Hold the lens in your hands"),
      button("", close, { look: "quiet icon", title: "Close the help", icon: closeIcon() })),
    element("div", { class: "help-columns" },
      section("Mouse and fingers", GESTURES.map(([how, does]) => row(element("span", {}, how), does))),
      ...groups.map(({ title, shortcuts }) => section(title, shortcuts.map((one) => row(keys(one), one.does))))));
  dialog.addEventListener("close", close);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  const show = (): void => {
    const open = store.get().open.includes("help");
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  };
  store.on((state, before) => {
    if (state.open !== before.open) show();
  });
  return dialog;
}

function section(title: string, rows: readonly HTMLElement[]): HTMLElement {
  return element("section", { class: "group" }, element("h3", { class: "group-title" }, title), element("dl", {}, ...rows));
}

function row(how: HTMLElement, does: string): HTMLElement {
  return element("div", {}, element("dt", {}, how), element("dd", {}, does));
}

function keys({ keys: all }: Shortcut): HTMLElement {
  const parts = all.flatMap((key, index) => {
    // "+" joins names, and may be a key itself.
    const names = key.split(/\+(?=.)/).map((name) => element("kbd", { class: "key" }, keyText(name)));
    return index === 0 ? names : [" or ", ...names];
  });
  return element("span", { class: "keys" }, ...parts);
}

function keyText(name: string): string {
  if (name === "Mod") return /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
  return SYMBOLS[name] ?? (name.length === 1 ? name.toUpperCase() : name);
}
