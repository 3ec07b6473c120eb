/** The view in the page's address, so that it can be shared: `#f=1.4&focus=inf&eye=0.03,0,0`. */

import type { Preset } from "../scene/scene_info";
import type { Store } from "./store";
import type { View } from "./view";
import { VIEW_VALUES, ViewTextError, type LensCheck } from "./view_values";

/** What an address leaves out: the view a page starts with, and the lenses of its presets. */
export interface AddressStart {
  readonly view: View;
  readonly presets: readonly Preset[];
  readonly check: LensCheck;
}

export interface FromFragment {
  readonly view: View;
  /** One line for each value that was left out. */
  readonly wrong: readonly string[];
}

/** What differs from the start, or from the preset's lens, without the leading "#"; empty for the start itself. */
export function toFragment(view: View, start: AddressStart): string {
  const parts: string[] = [];
  if (view.preset !== start.view.preset) parts.push(part("lens", view.preset ?? "none"));
  const base = withPreset(start.view, view.preset, start);
  for (const value of VIEW_VALUES) {
    const text = value.read(view);
    if (text !== value.read(base)) parts.push(part(value.short, text));
  }
  return parts.join("&");
}

/** The view that an address means; wrong values are left out, each with a line that says so. */
export function fromFragment(text: string, start: AddressStart): FromFragment {
  const given = new URLSearchParams(text.replace(/^#/, ""));
  const wrong: string[] = [];
  let view = start.view;
  const name = given.get("lens");
  if (name !== null) {
    if (name === "none" || start.presets.some((preset) => preset.name === name)) {
      view = withPreset(view, name === "none" ? null : name, start);
    } else {
      wrong.push(`The address asks for the lens "${name.slice(0, 60)}", which is not among the presets; it is left out`);
    }
  }
  // Values of a lens may only make sense together, so the check comes after all of them.
  const base = view;
  const lens: { readonly write: (view: View) => View }[] = [];
  for (const [short, written] of given) {
    if (short === "lens") continue;
    const value = VIEW_VALUES.find((one) => one.short === short);
    if (value === undefined) {
      wrong.push(`The address has "${short.slice(0, 40)}", which is no value of a view; it is left out`);
      continue;
    }
    try {
      view = value.write(view, written);
      lens.push({ write: (on) => value.write(on, written) });
    } catch (error) {
      if (!(error instanceof ViewTextError)) throw error;
      wrong.push(`In the address ${error.message}; it is left out`);
    }
  }
  if (start.check(view.lens) !== null) {
    view = base;
    for (const { write } of lens) {
      const next = write(view);
      const complaint = next.lens === view.lens ? null : start.check(next.lens);
      if (complaint === null) view = next;
      else wrong.push(`In the address ${complaint}; it is left out`);
    }
  }
  return { view: Object.freeze(view), wrong };
}

function withPreset(view: View, name: string | null, { presets }: AddressStart): View {
  const preset = presets.find((one) => one.name === name);
  return { ...view, preset: name, lens: preset?.lens ?? view.lens };
}

function part(short: string, text: string): string {
  return `${short}=${encodeURIComponent(text).replaceAll("%2C", ",")}`;
}

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const PAUSE_MS = 400;

/**
 * Keep the address and the view the same from now on: the view of the address first, then each follows the other.
 *
 * `say` is told of values that were left out. Returns how to stop it.
 */
export function followAddress(store: Store, start: AddressStart, say: (message: string) => void): () => void {
  let timer: number | null = null;
  let written = fragmentNow();
  const read = (): void => {
    const { view, wrong } = fromFragment(fragmentNow(), start);
    store.set({ view });
    if (wrong.length > 0) say(`${wrong.join(". ")}.`);
  };
  const write = (): void => {
    timer = null;
    const fragment = toFragment(store.get().view, start);
    if (fragment === written) return;
    written = fragment;
    const { pathname, search } = window.location;
    // The bare path rather than "#", which would scroll to the top.
    window.history.replaceState(window.history.state, "", pathname + search + (fragment === "" ? "" : `#${fragment}`));
  };
  const pasted = (): void => {
    if (fragmentNow() === written) return;
    written = fragmentNow();
    if (timer !== null) window.clearTimeout(timer);
    timer = null;
    read();
  };
  const stop = store.on((state, before) => {
    if (state.view !== before.view) timer ??= window.setTimeout(write, PAUSE_MS);
  });
  if (written !== "") read();
  window.addEventListener("hashchange", pasted);
  return () => {
    stop();
    window.removeEventListener("hashchange", pasted);
    if (timer !== null) window.clearTimeout(timer);
  };
}

function fragmentNow(): string {
  return window.location.hash.replace(/^#/, "");
}
