/** A SceneInfo with a few of the presets, for looking at the page without a server. */

import type { Preset, SceneInfo } from "../src/scene/scene_info";
import { PLAIN_LENS, type LensSettings } from "../src/state/view";

function preset(name: string, lens: Partial<LensSettings>): Preset {
  return { name, lens: { ...PLAIN_LENS, ...lens }, pupil: null };
}

/** A ring of points, as a mirror lens's image gives. */
function ring(): { points: number[]; weights: number[] } {
  const points: number[] = [];
  for (let i = 0; i < 2048; i++) {
    const radius = Math.sqrt(0.2 + 0.8 * ((i * 0.754877) % 1));
    const angle = 2 * Math.PI * ((i * 0.569840) % 1);
    points.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return { points, weights: new Array<number>(3 * 2048).fill(1) };
}

export const FAKE_SCENE: SceneInfo = {
  format: "relens-view",
  version: 1,
  name: "iphone-xs-portrait",
  relens: "0.1.0",
  camera: { fx_px: 3220, fy_px: 3220, cx_px: 1512, cy_px: 2016, width_px: 3024, height_px: 4032 },
  depth_source: "phone",
  levels: [{ level: 0, width_px: 3024, height_px: 4032 }, { level: 1, width_px: 1512, height_px: 2016 }],
  subject_m: [0.02, -0.1, 1.2],
  presets: [
    preset("105mm-f2.5-7blade", { focal_length_mm: 105, f_number: 2.5, blades: 7, rotation_deg: -90 }),
    preset("135mm-f2.8-apodised", { focal_length_mm: 135, f_number: 2.8, profile: -1, t_stop: 4.5 }),
    preset("35mm-f1.4-9blade", { focal_length_mm: 35, f_number: 1.4, blades: 9, curvature: 0.8, rotation_deg: -90, cats_eye: 0.7 }),
    { name: "500mm-f8-mirror", lens: { ...PLAIN_LENS, focal_length_mm: 500, f_number: 8, image: "500mm-f8-mirror" }, pupil: ring() },
    preset("50mm-f0.95-11blade", { focal_length_mm: 50, f_number: 0.95, blades: 11, curvature: 0.9, rotation_deg: -90, cats_eye: 0.9, axial_colour: 0.002, vignetting: true }),
    preset("6.86mm-f1.78-phone", { focal_length_mm: 6.86, f_number: 1.78, sensor_width_mm: 9.9 }),
    preset("75mm-f2-anamorphic", { focal_length_mm: 75, f_number: 2, squeeze: 2, cats_eye: 0.5 }),
    preset("85mm-f1.4-9blade", { focal_length_mm: 85, f_number: 1.4, blades: 9, curvature: 0.85, rotation_deg: -90, cats_eye: 0.6 }),
    preset("90mm-f2.8-tilt", { focal_length_mm: 90, f_number: 2.8, blades: 8, curvature: 0.3, tilt_deg: 4 }),
  ],
  has_source: true,
  has_uncertainty: false,
  history: { revision: 0, done: [], undone: [], saved: true },
  moves: ["push-in", "orbit", "rack-focus", "portrait-reveal"],
};
