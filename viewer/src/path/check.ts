/** Check: whether a value from outside is a path, as `relens.path` itself would say. */

import type { Wrong } from "../camera/framing";
import { checkFocus, checkLens } from "../lens/lens";
import type { LensSettings } from "../state/view";
import { PLAIN_LENS } from "../state/view";
import { keyframeTimes } from "./keyframe_times";
import type { Kind } from "./kinds";
import { KEYFRAME_KINDS, LENS_KINDS, PATH_KINDS } from "./kinds";
import { meant } from "./meant";
import { PathProblem } from "./path_problem";
import type { KeyframeRecord, PathRecord } from "./path_record";

const TOP_KEYS = ["keyframes", "spline", "loop_s", "lens", "fps", "shutter_deg", "focus_lag_s"] as const;
const TURNS = ["yaw_deg", "pitch_deg", "roll_deg"] as const;
type Values = Readonly<Record<string, unknown>>;

/** The value as a path, its keys in the order of `PathRecord`; or the place of the first thing wrong, and what it is. */
export function checkedPath(value: unknown): PathRecord | Wrong {
  try {
    return pathOf(value);
  } catch (error) {
    if (error instanceof PathProblem) return { wrong: error.message };
    throw error;
  }
}

function pathOf(value: unknown): PathRecord {
  if (!isValues(value)) throw new PathProblem(`found ${shown(value)}; expected keyframes: and a list of them`);
  const { keyframes, lens, ...rest } = value;
  const whole = checked(rest, PATH_KINDS, "", TOP_KEYS);
  if (!Array.isArray(keyframes) || keyframes.length === 0) {
    throw new PathProblem(`keyframes: found ${shown(keyframes)}; expected a list of one keyframe or more`);
  }
  const all = { ...whole, keyframes: keyframes.map(keyframeOf), ...(lens === undefined ? {} : { lens: lensOf(lens) }) };
  const record = Object.fromEntries(
    TOP_KEYS.flatMap((key) => (key in all ? [[key, all[key as keyof typeof all]]] : [])),
  ) as unknown as PathRecord;
  requireOrder(record.keyframes);
  if (durationS(record) <= 0) {
    throw new PathProblem(`keyframes: found ${keyframes.length} at one time; expected a path that lasts; hold_s holds`);
  }
  return record;
}

/** From the first keyframe to the end of the last, its hold and the way back of a loop included. */
export function durationS(record: PathRecord): number {
  const times_s = keyframeTimes(record.keyframes);
  return times_s.at(-1)! + (record.keyframes.at(-1)!.hold_s ?? 0) + (record.loop_s ?? 0) - times_s[0];
}

function keyframeOf(value: unknown, index: number): KeyframeRecord {
  const place = `keyframes[${index}]`;
  if (!isValues(value)) throw new PathProblem(`${place}: found ${shown(value)}; expected keys and values`);
  const said = checked(value, KEYFRAME_KINDS, `${place}.`) as KeyframeRecord;
  const turns = TURNS.filter((name) => said[name] !== undefined).slice(0, 1);
  const ways = [...turns, ...(["look_at", "camera_to_world"] as const).filter((name) => said[name] !== undefined)];
  if (ways.length > 1) {
    throw new PathProblem(`${place}.${ways[1]}: found beside ${ways[0]}; expected one of them: each says how it is turned`);
  }
  requireOne(said, place, "eye_m", "camera_to_world", "both place the eye");
  requireOne(said, place, "zoom", "fov_deg", "each says the other");
  requireOne(said, place, "after_s", "at_s", "each says when");
  return said;
}

function requireOne(
  said: KeyframeRecord, place: string, key: keyof KeyframeRecord, other: keyof KeyframeRecord, why: string,
): void {
  if (said[key] === undefined || said[other] === undefined) return;
  throw new PathProblem(`${place}.${key}: found beside ${other}; expected one of them: ${why}`);
}

function requireOrder(keyframes: readonly KeyframeRecord[]): void {
  const times_s = keyframeTimes(keyframes);
  keyframes.slice(1).forEach((said, i) => {
    const [index, free_s] = [i + 1, times_s[i] + (keyframes[i].hold_s ?? 0)];
    const place = `keyframes[${index}]`;
    if (said.at_s === undefined && said.after_s === undefined) {
      throw new PathProblem(`${place}: found no time; expected at_s or after_s`);
    }
    if (said.after_s === 0) {
      throw new PathProblem(`${place}.after_s: found 0; expected ${KEYFRAME_KINDS.after_s.expected}`);
    }
    if (times_s[index] <= free_s) {
      const expected = `a time after the keyframe before is over, ${free_s} s; time does not go backwards`;
      throw new PathProblem(`${place}.at_s: found ${times_s[index]}; expected ${expected}`);
    }
  });
}

function lensOf(value: unknown): NonNullable<PathRecord["lens"]> {
  if (typeof value === "string") return value;
  if (!isValues(value)) {
    throw new PathProblem(`lens: found ${shown(value)}; expected the name of a lens preset, or its keys and values`);
  }
  // A focus at infinity is what it is without; JSON has no such number.
  const { focus_distance_m: focus_m = Infinity, ...said } = checked(value, LENS_KINDS, "lens.");
  const settings: LensSettings = { ...PLAIN_LENS, ...said };
  const problem = checkLens(settings) ?? checkFocus(settings, focus_m as number);
  if (problem !== null) throw new PathProblem(`lens.${problem}`);
  return focus_m === Infinity ? said : { ...said, focus_distance_m: focus_m };
}

/** The values that have kinds, in the order of these. Throws PathProblem for unknown keys and values of another kind. */
function checked(
  values: Values, kinds: Readonly<Record<string, Kind>>, place: string, known: readonly string[] = Object.keys(kinds),
): Record<string, unknown> {
  for (const [key, value] of Object.entries(values)) {
    requireKnown(key, place + key, known);
    if (!kinds[key].is(value)) {
      throw new PathProblem(`${place}${key}: found ${shown(value)}; expected ${kinds[key].expected}`);
    }
  }
  const said = Object.keys(kinds).filter((key) => Object.hasOwn(values, key));
  return Object.fromEntries(said.map((key) => [key, plain(key, values[key])]));
}

/** What JSON can say: infinity is a word there, and a zero has no sign. */
function plain(key: string, value: unknown): unknown {
  if (key === "focus" && value === Infinity) return "inf";
  if (Array.isArray(value)) return value.map((number: number) => number + 0);
  return typeof value === "number" ? value + 0 : value;
}

function requireKnown(key: string, place: string, known: readonly string[]): void {
  if (known.includes(key)) return;
  const near = meant(key, known);
  const advice = near === null ? `expected some of ${known.join(", ")}` : `did you mean ${near}?`;
  throw new PathProblem(`${place.slice(0, 80)}: this key is unknown; ${advice}`);
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in a few words, however large it is. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}...` : JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value)) return "keys and values";
  const few = value.length > 0 && value.length <= 4 && value.every((each) => typeof each === "number");
  return few ? `[${value.join(", ")}]` : `a list of ${value.length}`;
}
