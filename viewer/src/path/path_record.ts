/** PathRecord: a camera path as relens's path files have it; `relens.path.path_file` says what the keys mean. */

/** A distance in metres or as text ("1.2m", "85cm", "inf"), "subject", a pixel "1200,800", or a point [x, y, z] in metres. */
export type AimRecord = number | string | readonly [number, number, number];
export type EaseRecord = "linear" | "in" | "out" | "in-out" | "hold" | readonly [number, number, number, number];

export interface KeyframeRecord {
  readonly at_s?: number;
  readonly after_s?: number;
  readonly eye_m?: readonly [number, number, number];
  readonly yaw_deg?: number;
  readonly pitch_deg?: number;
  readonly roll_deg?: number;
  readonly look_at?: string | readonly [number, number, number];
  readonly camera_to_world?: readonly number[];
  readonly fov_deg?: number;
  readonly zoom?: number;
  readonly focus?: AimRecord;
  readonly exposure_ev?: number;
  readonly ease?: EaseRecord;
  readonly hold_s?: number;
  readonly tension?: number;
  readonly continuity?: number;
  readonly bias?: number;
  readonly focal_length_mm?: number;
  readonly f_number?: number;
  readonly t_stop?: number;
  readonly tilt_deg?: number;
  readonly swing_deg?: number;
  readonly axial_colour?: number;
  readonly lateral_colour?: number;
  readonly sensor_width_mm?: number;
  readonly curvature?: number;
  readonly rotation_deg?: number;
  readonly squeeze?: number;
  readonly profile?: number;
  readonly cats_eye?: number;
}

export interface PathRecord {
  readonly keyframes: readonly KeyframeRecord[];
  readonly spline?: "centripetal" | "kochanek-bartels" | "linear";
  readonly loop_s?: number;
  /** A preset by name, or a lens by a preset's keys. */
  readonly lens?: string | Readonly<Record<string, unknown>>;
  readonly fps?: number;
  readonly shutter_deg?: number;
  readonly focus_lag_s?: number;
}
