/** The view as lines of text, `f_number: 1.4`, to copy and to paste: the keys of relens's preset files, and the view's. */

import type { View } from "./view";
import { VIEW_VALUES, ViewTextError, type LensCheck } from "./view_values";

/** A line that cannot be pasted: its number, from 1, and what is wrong, in one line for people. */
export class SettingsError extends Error {
  constructor(readonly line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}

const HEADING = "# relens view";

/** Every value of the view, one a line; a subset of YAML. */
export function toSettings(view: View): string {
  const lines = VIEW_VALUES.map(({ key, read }) => `${key}: ${yaml(read(view))}`);
  return [HEADING, `preset: ${view.preset ?? "null"}`, ...lines, ""].join("\n");
}

/** Whether a text looks like settings at all: pasting other text into the page should do nothing. */
export function looksLikeSettings(text: string): boolean {
  const keys = new Set(VIEW_VALUES.map(({ key }) => key));
  return text.length < 10_000 && text.split("\n").some((line) => keys.has(line.split(":", 1)[0].trim()));
}

/**
 * The view with the values of the text; those it leaves out stay.
 *
 * Throws SettingsError for the first line that is wrong, and then nothing is taken over.
 */
export function fromSettings(text: string, view: View, check: LensCheck): View {
  let now = view;
  const lines = text.split(/\r?\n/);
  const ofLens: { readonly line: number; readonly write: (view: View) => View }[] = [];
  lines.forEach((line, index) => {
    const bare = line.replace(/(^|\s)#.*$/, "").trim();
    if (bare === "" || bare === "---") return;
    const found = /^([A-Za-z_]+)\s*:\s*(.*)$/.exec(bare);
    if (found === null) {
      throw new SettingsError(index + 1, `"${bare.slice(0, 40)}" is no setting; expected a name, a colon and a value`);
    }
    const [, key, written] = found;
    const plain = written.replace(/^(["'])(.*)\1$/, "$2");
    if (key === "preset") {
      now = { ...now, preset: plain === "none" || plain === "null" ? null : plain };
      return;
    }
    const value = VIEW_VALUES.find((one) => one.key === key);
    if (value === undefined) {
      throw new SettingsError(index + 1, `"${key}" is no setting of a view`);
    }
    const write = (on: View): View => value.write(on, unyaml(plain));
    try {
      now = write(now);
    } catch (error) {
      if (!(error instanceof ViewTextError)) throw error;
      throw new SettingsError(index + 1, error.message);
    }
    ofLens.push({ line: index + 1, write });
  });
  const complaint = check(now.lens);
  if (complaint !== null) {
    // Name the line after which the lens is wrong for good.
    let step = view;
    let first = { line: 1, what: complaint };
    let sound = true;
    for (const { line, write } of ofLens) {
      step = write(step);
      const what = check(step.lens);
      if (what !== null && sound) first = { line, what };
      sound = what === null;
    }
    throw new SettingsError(first.line, first.what);
  }
  return Object.freeze(now);
}

function yaml(text: string): string {
  if (text === "none") return "null";
  if (text === "inf") return ".inf";
  return text.includes(",") ? `[${text.split(",").join(", ")}]` : text;
}

function unyaml(text: string): string {
  if (text === "null" || text === "~") return "none";
  if (text === ".inf") return "inf";
  return text.replace(/\s+/g, "");
}
