/** View: what the picture on the screen is of. Every value that a shared address, a copied text or a full shot needs. */

export type Vec3 = readonly [number, number, number];

export type Framing = "photo" | "lens" | "subject";

/** A lens by the keys of relens's preset files, in their units; the focus is the view's. */
export interface LensSettings {
  readonly focal_length_mm: number;
  readonly f_number: number;
  readonly blades: number;
  readonly curvature: number;
  readonly rotation_deg: number;
  readonly squeeze: number;
  readonly profile: number;
  readonly cats_eye: number;
  readonly tilt_deg: number;
  readonly swing_deg: number;
  readonly axial_colour: number;
  readonly lateral_colour: number;
  readonly breathing: boolean;
  readonly t_stop: number | null;
  readonly vignetting: boolean;
  readonly sensor_width_mm: number;
  /** The preset whose aperture image the pupil has; null for none. */
  readonly image: string | null;
}

/**
 * Where the camera stands and looks.
 *
 * Convention: OpenCV axes (+x right, +y down, +z forward), metres, the world is the photo's camera frame. The rotation
 * is yaw to the right, then pitch up, then roll clockwise, each about the camera's own axes (`Camera.turned`).
 */
export interface Pose {
  readonly eye_m: Vec3;
  readonly yaw_rad: number;
  readonly pitch_rad: number;
  readonly roll_rad: number;
  /** How many times as long as the photo's view the view is; 1 is the photo's own. */
  readonly zoom: number;
}

/** A distance along the axis (metres, Infinity allowed), or a point of the world that stays in focus as the camera moves. */
export type Focus = number | Vec3;

export interface View {
  readonly lens: LensSettings;
  /** Name of the preset the lens started from; null for none. */
  readonly preset: string | null;
  readonly focus: Focus;
  readonly framing: Framing;
  readonly pose: Pose;
  readonly exposure_ev: number;
}

export const PHOTO_POSE: Pose = { eye_m: [0, 0, 0], yaw_rad: 0, pitch_rad: 0, roll_rad: 0, zoom: 1 };

export const PLAIN_LENS: LensSettings = {
  focal_length_mm: 85, f_number: 1.4, blades: 0, curvature: 0, rotation_deg: 0, squeeze: 1, profile: 0, cats_eye: 0,
  tilt_deg: 0, swing_deg: 0, axial_colour: 0, lateral_colour: 0, breathing: false, t_stop: null, vignetting: false,
  sensor_width_mm: 36, image: null,
};
