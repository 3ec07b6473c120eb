/** What relens itself says of random lenses and cameras, from lens.json, which lens.py beside it writes. */

import type { ImagePupil, Pinhole } from "../../src/scene/scene_info";
import type { Focus, LensSettings, Pose, Vec3, View } from "../../src/state/view";
import raw from "./lens.json?raw";

interface LensCase {
  readonly lens: LensSettings;
  readonly focus_m: number;
  readonly fx_px: number;
  readonly size_px: readonly [number, number];
  readonly inverse_depth: number;
  readonly at: readonly [number, number];
  readonly samples: { readonly first: number; readonly points: readonly number[] };
  readonly pupil_diameter_m: number;
  readonly focus_inverse_m: number;
  readonly focus_gradient_per_m: readonly number[];
  readonly focus_inverse_at_m: number;
  readonly channel_focus_per_m: readonly number[];
  readonly channel_magnification: readonly number[];
  readonly has_colour_error: boolean;
  readonly breathing_scale: number;
  readonly transmittance: number;
  readonly coc_px: number;
  readonly sharp_px: number;
  readonly depth_of_field_m: readonly number[];
  readonly hyperfocal_m: number;
}

interface ImageCase {
  readonly lens: LensSettings;
  readonly pupil: ImagePupil;
  readonly first: number;
  readonly points: readonly number[];
  readonly weights: readonly number[];
}

interface PoseCase {
  readonly pose: Pose;
  readonly camera_to_world: readonly number[];
  readonly turns_deg: { readonly yaw_deg: number; readonly pitch_deg: number; readonly roll_deg: number };
}

interface PinholeCase {
  readonly camera: Pinhole;
  readonly pose: Pose;
  readonly point_m: Vec3;
  readonly pixel: Vec3;
  readonly size_px: readonly [number, number];
  readonly fitted: Pinhole;
  readonly zoom: number;
  readonly zoomed: Pinhole;
  readonly vertical_fov_rad: number;
  readonly zoomed_fov_rad: number;
}

interface TakingCase {
  readonly view: View;
  readonly photo: Pinhole;
  readonly size_px: readonly [number, number];
  readonly wrong?: string;
  readonly camera: Pinhole;
  readonly rotation: readonly number[];
  readonly eye_m: Vec3;
  readonly focus_distance_m: number;
  readonly channel: 0 | 1 | 2;
  readonly direction: readonly number[];
  readonly origin_m: readonly number[];
  readonly pinhole: readonly number[];
}

interface Golden {
  readonly points: readonly { readonly first: number; readonly points: readonly number[] }[];
  readonly lenses: readonly LensCase[];
  readonly images: readonly ImageCase[];
  readonly rims: readonly { readonly lens: LensSettings; readonly camera: Pinhole; readonly parts: readonly number[] }[];
  readonly poses: readonly PoseCase[];
  readonly pinholes: readonly PinholeCase[];
  readonly focuses: readonly {
    readonly focus: Focus; readonly pose: Pose; readonly distance_m?: number; readonly wrong?: string;
  }[];
  readonly takings: readonly TakingCase[];
  readonly wrong: readonly { readonly name: keyof LensSettings; readonly value: number; readonly wrong: string }[];
}

export const golden = JSON.parse(raw, (_, value: unknown) => (value === "inf" ? Infinity : value)) as Golden;
