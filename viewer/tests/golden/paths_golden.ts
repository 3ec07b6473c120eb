/** What relens itself makes of camera paths, from paths.json, which paths.py beside it writes. */

import type { Aim } from "../../src/path/aim";
import type { PathContext } from "../../src/path/path_context";
import type { PathRecord } from "../../src/path/path_record";
import type { LensValues } from "../../src/path/keyframe";
import type { Pinhole, Preset } from "../../src/scene/scene_info";
import type { LensSettings, Vec3 } from "../../src/state/view";
import raw from "./paths.json?raw";

interface MomentCase {
  readonly time_s: number;
  readonly rotation: readonly number[];
  readonly eye_m: readonly number[];
  readonly vertical_fov_rad: number;
  readonly focus_inverse_m: number;
  readonly exposure_ev: number;
  readonly lens: LensValues;
}

export interface PathCase {
  readonly name: string;
  readonly record: PathRecord;
  readonly focus: number | "inf";
  readonly duration_s: number;
  readonly moments: readonly MomentCase[];
}

interface SceneCase {
  readonly photo: Pinhole;
  readonly subject_m: Vec3;
  /** By "column,row". */
  readonly depths_m: Readonly<Record<string, number>>;
  readonly presets: readonly Preset[];
  readonly lens: LensSettings;
}

interface Golden {
  readonly scene: readonly [SceneCase];
  readonly paths: readonly PathCase[];
  readonly aims: readonly { readonly said: string; readonly is: Aim | null }[];
  readonly wrong: readonly { readonly record: unknown; readonly place: string }[];
}

export const golden = JSON.parse(raw) as Golden;

/** The scene that relens looked at; `focus` for a path that says none. */
export function contextOf(focus: number | "inf" = "inf"): PathContext {
  const { depths_m, ...scene } = golden.scene[0];
  return {
    ...scene,
    focus: focus === "inf" ? Infinity : focus,
    depthAt: (column_px, row_px) => depths_m[`${column_px},${row_px}`] ?? NaN,
  };
}
