/** KeptTheme: the theme that a person has chosen outlasts the page. */

import type { Theme } from "../state/state";
import type { Store } from "../state/store";

const KEY = "relens-theme";
const CHOSEN: readonly Theme[] = ["light", "dark"];

/** Take up the theme that was chosen before, and keep what is chosen from now on. Returns how to stop it. */
export function keepTheme(store: Store): () => void {
  const kept = CHOSEN.find((theme) => theme === read());
  if (kept !== undefined) store.set({ theme: kept });
  return store.on((state, before) => {
    if (state.theme !== before.theme) write(state.theme);
  });
}

/** Browsers may refuse a page its storage, as for some opened from a file; then the theme is the system's each time. */
function read(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(theme: Theme): void {
  try {
    if (theme === "auto") window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, theme);
  } catch {
    // See read.
  }
}
