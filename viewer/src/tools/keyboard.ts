/** The keyboard: runs shortcuts, and leaves alone the keys that belong to a control. */

import type { App } from "../state/app";
import { isTyping } from "./settings_clipboard";
import type { Shortcut, ShortcutGroup } from "./shortcuts";

/** Keys of the system itself. */
const SYSTEMS = new Set(["Mod+C", "Mod+V"]);
/** What controls answer to themselves, when they have the focus. */
const OF_CONTROLS = new Set([" ", "Enter", "Home", "End", "PageUp", "PageDown"]);

/** Answer to the table from now on. Returns how to stop it. */
export function keyboard(app: App, groups: readonly ShortcutGroup[]): () => void {
  const byKey = new Map<string, Shortcut>();
  for (const { shortcuts } of groups) for (const one of shortcuts) for (const key of one.keys) byKey.set(key, one);
  const answer = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isTyping(event.target) || belongsToControl(event)) return;
    const name = keyName(event);
    const shortcut = byKey.get(name);
    if (shortcut === undefined || SYSTEMS.has(name)) return;
    event.preventDefault();
    if (!event.repeat || shortcut.repeats) shortcut.run(app);
  };
  document.addEventListener("keydown", answer);
  return () => {
    document.removeEventListener("keydown", answer);
  };
}

/** A key as the table writes it: "e", "Shift+E", "Mod+Shift+Z", "?", "Shift+ArrowLeft". */
export function keyName(event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">): string {
  const { key } = event;
  if (event.altKey) return "";
  const mod = event.ctrlKey || event.metaKey;
  const isLetter = /^[a-z]$/i.test(key);
  // Other characters have their Shift in them already.
  const shift = event.shiftKey && (isLetter || key.length > 1);
  const plain = isLetter ? (mod || shift ? key.toUpperCase() : key.toLowerCase()) : key;
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${plain}`;
}

function belongsToControl(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  // A dialog keeps the keyboard to itself; its Escape is the browser's.
  if (target.closest("dialog") !== null) return true;
  if (target instanceof HTMLInputElement && event.key.startsWith("Arrow")) return true;
  return OF_CONTROLS.has(event.key) && target.closest("button, a, input, summary, [role=slider]") !== null;
}
