/** Copy and paste of the view as text: Ctrl+C and Ctrl+V on the page, or buttons. */

import type { App } from "../state/app";
import { fromSettings, looksLikeSettings, SettingsError, toSettings } from "../state/settings_text";
import { lensCheck } from "./lens_check";

/** Take over pasted settings, or say which line is wrong. */
export function pasteSettings(app: Pick<App, "info" | "store" | "say">, text: string): void {
  if (!looksLikeSettings(text)) {
    app.say("The clipboard holds no settings of a view; copy some first.", "wrong");
    return;
  }
  try {
    app.store.set({ view: fromSettings(text, app.store.get().view, lensCheck(app.info)), playing: false });
    app.say("The settings are pasted.");
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    app.say(`Nothing is pasted: ${error.message}`, "wrong");
  }
}

/** Copy the settings; where the browser keeps the clipboard from buttons, say how else. */
export async function copyByButton(app: Pick<App, "store" | "say">): Promise<void> {
  try {
    await navigator.clipboard.writeText(toSettings(app.store.get().view));
    app.say("The settings are copied as text.");
  } catch {
    app.say("This browser keeps the clipboard from buttons; press Ctrl+C on the page instead.", "wrong");
  }
}

/** The same for pasting. */
export async function pasteByButton(app: Pick<App, "info" | "store" | "say">): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    app.say("This browser keeps the clipboard from buttons; press Ctrl+V on the page instead.", "wrong");
    return;
  }
  pasteSettings(app, text);
}

/** Answer to the keys of the system for copy and paste, outside of inputs and selected text. */
export function settingsClipboard(app: App): void {
  document.addEventListener("copy", (event) => {
    if (isTyping(event.target) || (document.getSelection()?.toString() ?? "") !== "") return;
    event.clipboardData?.setData("text/plain", toSettings(app.store.get().view));
    event.preventDefault();
    app.say("The settings are copied as text.");
  });
  document.addEventListener("paste", (event) => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    pasteSettings(app, event.clipboardData?.getData("text/plain") ?? "");
  });
}

/** Whether keys belong to where they are typed. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["range", "checkbox", "radio", "button", "color", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
