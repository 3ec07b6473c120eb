/** A small scene for tests of the state. */

import type { SceneInfo } from "../../src/scene/scene_info";
import { PLAIN_LENS } from "../../src/state/view";

export const SCENE: SceneInfo = {
  format: "relens-view",
  version: 1,
  name: "portrait",
  relens: "0.1.0",
  camera: { fx_px: 1000, fy_px: 1000, cx_px: 400, cy_px: 300, width_px: 800, height_px: 600 },
  depth_source: "phone",
  levels: [{ level: 0, width_px: 800, height_px: 600 }],
  subject_m: [0.1, 0, 1.2],
  presets: [
    { name: "50mm-f1.8-5blade", lens: { ...PLAIN_LENS, focal_length_mm: 50, f_number: 1.8, blades: 5 }, pupil: null },
    { name: "85mm-f1.4-9blade", lens: { ...PLAIN_LENS, blades: 9, cats_eye: 0.6 }, pupil: null },
    { name: "135mm-f2.8-apodised", lens: { ...PLAIN_LENS, focal_length_mm: 135, f_number: 2.8, profile: -1, t_stop: 4.5 }, pupil: null },
  ],
  has_source: true,
  has_uncertainty: false,
  history: { revision: 3, done: ["paint"], undone: [], saved: true },
  moves: [],
};
