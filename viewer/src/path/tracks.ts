/** Tracks: every value has its own, through the keyframes that say it; before the first and after the last it holds. */

import type { Clock } from "./clock";
import { clockOf, runningAt } from "./clock";
import type { Controls } from "./ease";
import { LINEAR, eased } from "./ease";
import type { Keyframe } from "./keyframe";
import { segmentOf, shareOf } from "./sorted_times";
import type { TimeWarp } from "./time_warp";
import { timeWarp, warpAt } from "./time_warp";

/** What goes evenly while a value goes from one number to another; `blended` says what each is. */
export type Scale = "even" | "log" | "fov";

/** The keyframes that say one value. */
export interface Track {
  /** Which of the path's keyframes, ascending; one or more. */
  readonly keys: readonly number[];
  /** When, by the clock that holds stop; in a loop one more, the first again a round later. */
  readonly times_s: readonly number[];
  /** The ease from each to the next. */
  readonly controls: readonly Controls[];
  /** Whether it is at rest at each: the path is held, or goes on without it. */
  readonly rests: readonly boolean[];
  /** Running times at which the path is held while this value is on its way, and the eases by which it then goes on. */
  readonly pauses: readonly { readonly at_s: number; readonly controls: Controls }[];
}

/** From which keyframe of a track to which a moment is on its way, and the eased share of it. */
export interface Between {
  readonly one: number;
  readonly other: number;
  readonly share: number;
}

/** What all tracks of a path share: its keyframes and its clock. */
export interface Tracks {
  readonly keyframes: readonly Keyframe[];
  readonly clock: Clock;
}

export function tracksOf(keyframes: readonly Keyframe[], loop_s: number | null): Tracks {
  return { keyframes, clock: clockOf(keyframes, loop_s) };
}

/** Whether a track goes round. */
export function isClosed(track: Track): boolean {
  return track.times_s.length > track.keys.length;
}

/** The track through the keyframes that say a value; null where none does. */
export function trackOf(tracks: Tracks, says: (key: Keyframe) => boolean): Track | null {
  const { keyframes, clock } = tracks;
  const indices = keyframes.map((_, index) => index);
  const keys = indices.filter((index) => says(keyframes[index]));
  if (keys.length === 0) return null;
  const held = (index: number): boolean => clock.hold_s[index] > 0;
  const times_s = keys.map((key) => clock.running_s[key]);
  const rests = keys.map(held);
  const controls = keys.map((key) => keyframes[key].controls);
  const pauses = indices
    .filter((index) => held(index) && !says(keyframes[index]))
    .map((index) => ({ at_s: clock.running_s[index], controls: keyframes[index].controls }));
  const [first_s, last] = [times_s[0], keys.length - 1];
  // Of one keyframe there is no way to be on.
  if (clock.period_s === null || keys.length === 1) {
    // What begins after the path does, or ends before it, does so from rest, and comes to rest.
    rests[0] ||= keys[0] > 0;
    rests[last] ||= keys[last] < keyframes.length - 1;
    const onWay = pauses.filter((pause) => pause.at_s > first_s && pause.at_s < times_s[last]);
    return { keys, times_s, controls: controls.slice(0, -1), rests, pauses: onWay };
  }
  const { period_s } = clock;
  const wound = pauses.map((pause) => ({ ...pause, at_s: pause.at_s < first_s ? pause.at_s + period_s : pause.at_s }));
  return { keys, times_s: [...times_s, first_s + period_s], controls, rests: [...rests, rests[0]], pauses: wound };
}

/** The track of a value that no keyframe says: it is what it is all along. */
export function always(tracks: Tracks): Track {
  return { keys: [0], times_s: [tracks.clock.running_s[0]], controls: [], rests: [false], pauses: [] };
}

/** A running time, taken in a loop to the round that begins with the first keyframe of the track. */
export function wound(track: Track, running_s: number): number {
  if (!isClosed(track)) return running_s;
  const [first_s, last_s] = [track.times_s[0], track.times_s.at(-1)!];
  const later_s = running_s < first_s ? running_s + (last_s - first_s) : running_s;
  return later_s >= last_s ? later_s - (last_s - first_s) : later_s;
}

export function between(track: Track, running_s: number): Between {
  if (track.times_s.length === 1) return { one: 0, other: 0, share: 0 };
  const at_s = wound(track, running_s);
  const one = segmentOf(track.times_s, at_s);
  const share = eased(track.controls[one], shareOf(track.times_s[one], track.times_s[one + 1], at_s));
  return { one, other: (one + 1) % track.keys.length, share };
}

/** How far along a way it is at (wound) running times; at rest wherever the path is held. */
export function warpOf(track: Track, knots: readonly number[]): TimeWarp {
  const { times_s, controls, rests } = track;
  const warp = timeWarp(times_s, knots, controls, rests, isClosed(track));
  if (track.pauses.length === 0) return warp;
  const said = times_s.map((at_s, i) => ({ at_s, knot: knots[i], rest: rests[i], controls: controls[i] ?? LINEAR }));
  // What a held keyframe leaves out is held where it has come to.
  const held = track.pauses.map((pause) => ({ ...pause, knot: warpAt(warp, pause.at_s), rest: true }));
  const all = [...said, ...held].sort((one, other) => one.at_s - other.at_s);
  return timeWarp(
    all.map((stop) => stop.at_s), all.map((stop) => stop.knot),
    // The last time has no ease of its own.
    all.slice(0, -1).map((stop) => stop.controls), all.map((stop) => stop.rest), isClosed(track),
  );
}

/** How a number goes, by the path's own time, through what keyframes say of it; null where none says anything. */
export function numberTrack(
  tracks: Tracks, said: (key: Keyframe) => number | null, scale: Scale = "even",
): ((time_s: number) => number) | null {
  const track = trackOf(tracks, (key) => said(key) !== null);
  if (track === null) return null;
  const numbers = track.keys.map((key) => said(tracks.keyframes[key])!);
  return (time_s) => {
    const { one, other, share } = between(track, runningAt(tracks.clock, time_s));
    return blended(numbers[one], numbers[other], share, scale);
  };
}

/**
 * From one number to the other by a share; at 0 and 1, and between equals, to the last bit.
 *
 * | scale | what goes evenly | for |
 * |---|---|---|
 * | even | the number | angles, stops of exposure, inverse depths |
 * | log | its logarithm | focal lengths, f-numbers and T-stops: the same share of a stop in the same time |
 * | fov | log tan(fov / 2), which is that of the focal length | fields of view: a zoom by equal factors |
 */
export function blended(one: number, other: number, share: number, scale: Scale): number {
  if (share === 0 || one === other) return one;
  if (share === 1) return other;
  if (scale === "even") return one + share * (other - one);
  if (scale === "log") return one * (other / one) ** share;
  const [first, last] = [Math.tan(one / 2), Math.tan(other / 2)];
  return 2 * Math.atan(first * (last / first) ** share);
}
