/**
 * Edit path: what a timeline does to a path; each edit returns another path and leaves the given one as it is.
 *
 * An edited path says every time as `at_s`. A value that no keyframe said, and that an edit brings into the path, is
 * written into the other keyframes as it was, so that the edit changes only what is near it. What a path's values lie
 * over, `lens`, is its own lens (`pathLens`) or the page's.
 */

import { poseOf } from "../camera/pose";
import type { Preset } from "../scene/scene_info";
import type { LensSettings, Pose, Vec3, View } from "../state/view";
import { PLAIN_LENS } from "../state/view";
import { durationS } from "./check";
import { LENS_VALUES } from "./keyframe";
import { keyframeTimes } from "./keyframe_times";
import type { AimRecord, KeyframeRecord, PathRecord } from "./path_record";
import { EXPOSURE, SAID_VALUES, TURN, WIDTH, isSaid } from "./said_values";

/** Nearer together two keyframes are one. */
export const LEAST_GAP_S = 1e-3;
/** A path has to last: how long its only keyframe is held. */
const ALONE_S = 1;
const DEGREES = 180 / Math.PI;
const TURNS = ["yaw_deg", "pitch_deg", "roll_deg"] as const;
/** What belongs to the way on from a keyframe, and stays where another takes its place. */
const WAY_ON = ["ease", "hold_s", "tension", "continuity", "bias"] as const;

type Timed = KeyframeRecord & { readonly at_s: number };
type Way = Pick<KeyframeRecord, (typeof WAY_ON)[number]>;

/** New values of a keyframe by their keys; null leaves a value out. When it is, `movedKeyframe` changes. */
export type KeyframeChange = {
  readonly [Key in Exclude<keyof KeyframeRecord, "at_s" | "after_s">]?: KeyframeRecord[Key] | null;
};

/**
 * The keyframe that shows a view at a time, to be added to a path; to none where `path` is null.
 *
 * Says where the camera stands, its focus and its f-number; the rest where it is not the photo's own or the lens's, or
 * where the path says it elsewhere. Places are said to a micrometre, angles to a millionth of a degree.
 */
export function keyframeOf(view: View, at_s: number, path: PathRecord | null = null, lens = view.lens): Timed {
  const others = path?.keyframes ?? [];
  const { zoom } = view.pose;
  const turns = turnsOf(view.pose);
  const says = LENS_VALUES.filter(
    (name) => name === "f_number" || view.lens[name] !== lens[name] || isSaid({ keys: [name], unsaid: () => ({}) }, others),
  );
  return {
    at_s: rounded(at_s),
    eye_m: point(view.pose.eye_m),
    ...(Object.keys(turns).length === 0 && isSaid(TURN, others) ? { yaw_deg: 0 } : turns),
    ...(zoom !== 1 || isSaid(WIDTH, others) ? { zoom: rounded(zoom) } : {}),
    focus: focusOf(view.focus),
    ...(view.exposure_ev !== 0 || isSaid(EXPOSURE, others) ? { exposure_ev: view.exposure_ev } : {}),
    ...Object.fromEntries(says.flatMap((name) => (view.lens[name] === null ? [] : [[name, view.lens[name]]]))),
  };
}

/** The first path: one keyframe of the view, through the view's lens, held until another is added. */
export function firstPath(view: View, presets: readonly Preset[]): PathRecord {
  const own = lensOfView(view, presets);
  return { keyframes: [{ ...keyframeOf(view, 0, null, own.lens), hold_s: ALONE_S }], lens: own.said };
}

/** The index of the keyframe at a time; null where there is none. */
export function keyframeAt(path: PathRecord, time_s: number): number | null {
  const index = keyframeTimes(path.keyframes).findIndex((at_s) => Math.abs(at_s - time_s) <= LEAST_GAP_S);
  return index < 0 ? null : index;
}

/** With another keyframe; one at the same time is replaced, but for the way it goes on. */
export function withKeyframe(path: PathRecord, keyframe: Timed, lens: LensSettings): PathRecord {
  const old = keyframeAt(path, keyframe.at_s);
  const keyframes = timed(path);
  if (old !== null) {
    const { at_s } = keyframes[old];
    keyframes[old] = { ...wayOn(keyframes[old]), ...keyframe, at_s };
    return ordered(path, filled(path, keyframes, old, lens));
  }
  if (keyframes.length === 1 && keyframes[0].hold_s === ALONE_S) keyframes[0] = leftOut(keyframes[0], ["hold_s"]);
  const index = keyframes.filter(({ at_s }) => at_s < keyframe.at_s).length;
  keyframes.splice(index, 0, keyframe);
  return ordered(path, filled(path, keyframes, index, lens));
}

/** With a keyframe at another time, as near to it as its neighbours and their holds allow. */
export function movedKeyframe(path: PathRecord, index: number, at_s: number): PathRecord {
  const keyframes = timed(path);
  const [before, own, next] = [keyframes.at(index - 1)!, keyframes[index], keyframes.at(index + 1)];
  const earliest_s = index === 0 ? 0 : endOf(before) + LEAST_GAP_S;
  const latest_s = next === undefined ? Infinity : next.at_s - (own.hold_s ?? 0) - LEAST_GAP_S;
  if (latest_s < earliest_s) return path;
  keyframes[index] = { ...own, at_s: rounded(Math.min(Math.max(at_s, earliest_s), latest_s)) };
  return { ...path, keyframes };
}

/** With a copy of a keyframe at another time. */
export function copiedKeyframe(path: PathRecord, index: number, at_s: number, lens: LensSettings): PathRecord {
  return withKeyframe(path, { ...timed(path)[index], at_s: rounded(at_s) }, lens);
}

/** Without a keyframe; null where it was the only one. */
export function withoutKeyframe(path: PathRecord, index: number): PathRecord | null {
  const keyframes = timed(path).filter((_, other) => other !== index);
  return keyframes.length === 0 ? null : ordered(path, keyframes);
}

/** With other values of a keyframe; what says the same thing another way is left out, and a hold ends in time. */
export function changedKeyframe(path: PathRecord, index: number, change: KeyframeChange, lens: LensSettings): PathRecord {
  const keyframes = timed(path);
  const [own, next] = [keyframes[index], keyframes.at(index + 1)];
  const values = Object.entries(change);
  const set = new Set(values.flatMap(([key, value]) => (value === null ? [] : [key])));
  const apart = [...TURNS, "look_at", "eye_m"].some((key) => key in change) ? posed(own) : own;
  const kept = leftOut(apart, [...values.map(([key]) => key), ...otherwiseSaid(set)]);
  const changed: Timed = { ...kept, ...Object.fromEntries(values.filter(([key]) => set.has(key))) };
  const most_s = next === undefined ? Infinity : next.at_s - own.at_s - LEAST_GAP_S;
  const held_s = changed.hold_s ?? 0;
  keyframes[index] = held_s > most_s ? { ...changed, hold_s: Math.max(rounded(most_s), 0) } : changed;
  return ordered(path, filled(path, keyframes, index, lens));
}

/** The keys that say another way what these say. */
function otherwiseSaid(set: ReadonlySet<string>): readonly string[] {
  const turned = TURNS.some((key) => set.has(key));
  return [
    ...(set.has("look_at") ? [...TURNS, "camera_to_world"] : []),
    ...(turned ? ["look_at"] : []),
    ...(set.has("camera_to_world") ? ["eye_m", "look_at", ...TURNS] : []),
    ...(set.has("fov_deg") ? ["zoom"] : []),
    ...(set.has("zoom") ? ["fov_deg"] : []),
  ];
}

function timed(path: PathRecord): Timed[] {
  const times_s = keyframeTimes(path.keyframes);
  return path.keyframes.map((said, i) => ({ ...leftOut(said, ["after_s"]), at_s: times_s[i] }));
}

function endOf(keyframe: Timed): number {
  return keyframe.at_s + (keyframe.hold_s ?? 0);
}

/** A path of keyframes in order, where each hold leaves time for the way on: half of it where it would leave none. */
function ordered(path: PathRecord, keyframes: readonly Timed[]): PathRecord {
  const spaced = keyframes.map((said, i) => {
    const next_s = keyframes.at(i + 1)?.at_s ?? Infinity;
    return endOf(said) + LEAST_GAP_S / 2 > next_s ? { ...said, hold_s: rounded((next_s - said.at_s) / 2) } : said;
  });
  const whole = { ...path, keyframes: spaced };
  return durationS(whole) > 0 ? whole : { ...whole, keyframes: spaced.map((said) => ({ ...said, hold_s: ALONE_S })) };
}

/** Keyframes with all that one of them has brought into the path written into the others as it was before. */
function filled(before: PathRecord, keyframes: readonly Timed[], index: number, lens: LensSettings): readonly Timed[] {
  const brought = SAID_VALUES.filter((value) => isSaid(value, [keyframes[index]]) && !isSaid(value, before.keyframes));
  return keyframes.map((said, i) =>
    i === index ? said : brought.reduce((all, value) => ({ ...all, ...value.unsaid(lens) }), said),
  );
}

/** A keyframe whose matrix, if it has one, is said as eye and turn. */
function posed(said: Timed): Timed {
  if (said.camera_to_world === undefined) return said;
  const pose = poseOf(said.camera_to_world, 1);
  return { ...leftOut(said, ["camera_to_world"]), eye_m: point(pose.eye_m), yaw_deg: 0, ...turnsOf(pose) };
}

function turnsOf(pose: Pose): Pick<KeyframeRecord, (typeof TURNS)[number]> {
  const angles_rad = [pose.yaw_rad, pose.pitch_rad, pose.roll_rad];
  const turns = TURNS.map((key, i) => [key, rounded(angles_rad[i] * DEGREES)] as const);
  return Object.fromEntries(turns.filter(([, angle_deg]) => angle_deg !== 0));
}

function focusOf(focus: View["focus"]): AimRecord {
  if (typeof focus !== "number") return point(focus);
  return focus === Infinity ? "inf" : rounded(focus);
}

/** The lens of a view as a path says it: its preset where keyframes can say the rest, else key by key. */
function lensOfView(view: View, presets: readonly Preset[]): { said: NonNullable<PathRecord["lens"]>; lens: LensSettings } {
  const { lens } = view;
  const fixed = (other: LensSettings): boolean =>
    (["blades", "breathing", "vignetting", "image"] as const).every((key) => other[key] === lens[key]);
  // The image of an aperture comes with its preset alone.
  const preset = presets.find(({ name, lens: other }) => name === view.preset && fixed(other))
    ?? presets.find(({ name }) => name === lens.image);
  if (preset !== undefined) return { said: preset.name, lens: preset.lens };
  const differing = (Object.keys(PLAIN_LENS) as (keyof LensSettings)[]).filter((key) => lens[key] !== PLAIN_LENS[key]);
  const keys = [...new Set<keyof LensSettings>(["focal_length_mm", "f_number", ...differing])];
  return { said: Object.fromEntries(keys.map((key) => [key, lens[key]])), lens };
}

function wayOn(said: KeyframeRecord): Way {
  return Object.fromEntries(WAY_ON.flatMap((key) => (said[key] === undefined ? [] : [[key, said[key]]])));
}

function leftOut<T extends KeyframeRecord>(said: T, keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(said).filter(([key]) => !keys.includes(key))) as T;
}

function point([x, y, z]: Vec3): Vec3 {
  return [rounded(x), rounded(y), rounded(z)];
}

/** To a millionth, which no film shows; a zero has no sign. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}
