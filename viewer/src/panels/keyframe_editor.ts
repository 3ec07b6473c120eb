/** KeyframeEditor: the values of the chosen keyframe, as path files have them. */

import { distanceText } from "../lens/distance_text";
import type { KeyframeChange } from "../path/edit_path";
import { keyframeTimes } from "../path/keyframe_times";
import type { PathMoment } from "../path/prepared_path";
import type { AimRecord, EaseRecord, KeyframeRecord } from "../path/path_record";
import type { App } from "../state/app";
import type { State } from "../state/state";
import { changeKeyframe, moveKeyframe } from "../tools/keyframe_commands";
import { moments } from "../tools/moments";
import { pathHistory } from "../tools/path_history";
import { field } from "./controls";
import { element } from "./element";

/** The numbers of a keyframe that have a field, and what runs through where it is left empty. */
interface NumberField {
  readonly key: "f_number" | "focal_length_mm" | "zoom" | "exposure_ev" | "hold_s";
  readonly label: string;
  /** What the number is, with its unit. */
  readonly title: string;
  readonly running: (moment: PathMoment, state: State) => number;
}

const NUMBERS: readonly NumberField[] = [
  {
    key: "f_number", label: "f-number", title: "f-number",
    running: ({ lens, pathLens }, { view }) => lens.f_number ?? pathLens?.lens.f_number ?? view.lens.f_number,
  },
  {
    key: "focal_length_mm", label: "Focal length", title: "Focal length in mm",
    running: ({ lens, pathLens }, { view }) => lens.focal_length_mm ?? pathLens?.lens.focal_length_mm ?? view.lens.focal_length_mm,
  },
  { key: "zoom", label: "Zoom", title: "How many times as long as the photo's view", running: ({ zoom }) => zoom },
  { key: "exposure_ev", label: "Exposure", title: "Stops brighter or darker", running: ({ exposure_ev }) => exposure_ev },
  { key: "hold_s", label: "Hold, s", title: "Seconds that everything stays here", running: () => 0 },
];
const EASES: readonly (readonly [string, string])[] = [
  ["linear", "even"], ["in", "slow start"], ["out", "slow end"], ["in-out", "slow start and end"], ["hold", "stay, then jump"],
];
const OWN_EASE = "own";
const FOCUS_TITLE = "A distance (1.2 m, inf), subject, a pixel of the photo (1200,800), or a point [x, y, z] in metres";

/** The fields; hidden while no keyframe is chosen. Empty ones run through from the other keyframes. */
export function keyframeEditor(app: App): HTMLElement {
  const { store } = app;
  const title = element("h3", { class: "group-title" });
  const time = element("input", { type: "number", step: "any", min: 0, title: "Seconds from the start" });
  const focus = element("input", { type: "text", spellcheck: false, autocomplete: "off", title: FOCUS_TITLE });
  const numbers = NUMBERS.map((each) => {
    return { ...each, input: element("input", { type: "number", step: "any", title: each.title }) };
  });
  const ease = element("select", { title: "How it goes on to the next keyframe" });
  const root = element("section", { class: "keyframe-editor", "aria-label": "Chosen keyframe" }, title,
    element("div", { class: "keyframe-fields" }, field("Time, s", time), field("Focus", focus),
      ...numbers.map(({ label, input }) => field(label, input)), field("Ease", ease)));

  const change = (values: KeyframeChange): void => {
    const { keyframe } = store.get();
    // What was refused goes back to what it was.
    if (keyframe === null || !changeKeyframe(app, keyframe, values)) show(store.get());
  };
  time.addEventListener("change", () => {
    const { keyframe } = store.get();
    if (keyframe !== null && Number.isFinite(time.valueAsNumber)) {
      moveKeyframe(app, keyframe, time.valueAsNumber, "field");
      pathHistory(app).rest();
      moments(app).show(store.get().time_s);
    }
    show(store.get());
  });
  focus.addEventListener("change", () => {
    change({ focus: aimOf(focus.value) });
  });
  for (const { key, input } of numbers) {
    input.addEventListener("change", () => {
      change({ [key]: input.value === "" ? null : input.valueAsNumber });
    });
  }
  ease.addEventListener("change", () => {
    if (ease.value !== OWN_EASE) change({ ease: ease.value === "linear" ? null : (ease.value as EaseRecord) });
  });

  const show = (state: State): void => {
    const { path, keyframe } = state;
    const said = keyframe === null ? undefined : path?.keyframes[keyframe];
    root.hidden = said === undefined;
    if (path === null || keyframe === null || said === undefined) return;
    const at_s = keyframeTimes(path.keyframes)[keyframe];
    title.textContent = `Keyframe ${keyframe + 1} of ${path.keyframes.length}`;
    time.value = String(at_s);
    const moment = momentAt(app, at_s);
    focus.value = said.focus === undefined ? "" : aimText(said.focus);
    focus.placeholder = moment === null ? "" : distanceText(moment.focus_distance_m);
    for (const { key, input, running } of numbers) {
      const value = said[key];
      input.value = value === undefined ? "" : String(value);
      input.placeholder = moment === null ? "" : String(Number(running(moment, state).toPrecision(3)));
    }
    showEase(ease, said, keyframe === path.keyframes.length - 1 && path.loop_s === undefined);
  };
  store.on((state, before) => {
    if (state.path !== before.path || state.keyframe !== before.keyframe) show(state);
  });
  show(store.get());
  return root;
}

function momentAt(app: App, time_s: number): PathMoment | null {
  const path = moments(app).path();
  if (path === null || "wrong" in path) return null;
  try {
    return path.at(time_s);
  } catch {
    // Going there says why.
    return null;
  }
}

function showEase(select: HTMLSelectElement, { ease = "linear" }: KeyframeRecord, isLast: boolean): void {
  const options = EASES.map(([value, text]) => element("option", { value }, text));
  if (typeof ease !== "string") options.push(element("option", { value: OWN_EASE }, ease.join(", ")));
  select.replaceChildren(...options);
  select.value = typeof ease === "string" ? ease : OWN_EASE;
  select.disabled = isLast;
}

/** What is written in the field as path files have it; null for nothing. */
export function aimOf(text: string): AimRecord | null {
  const word = text.trim();
  if (word === "") return null;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) return Number(word);
  const point = /^\[?\s*([^,]+),([^,]+),([^,\]]+)\]?$/.exec(word)?.slice(1).map(Number);
  if (point?.length === 3 && point.every(Number.isFinite)) return [point[0], point[1], point[2]];
  return word === "∞" ? "inf" : word;
}

/** An aim as the field shows it; `aimOf` gives it back. */
export function aimText(aim: AimRecord): string {
  return typeof aim === "object" ? `[${aim.join(", ")}]` : String(aim);
}
