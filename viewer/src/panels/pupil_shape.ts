/** The pupil's shape, as a blurred light shows it: in the picture's middle and in its upper right corner. */

import { catsEyeOutline, pupilSamples } from "../lens/aperture";
import type { ImagePupil } from "../scene/scene_info";
import type { LensSettings } from "../state/view";
import { element } from "./element";

const SIZE_PX = 104;
const POINTS = 240;
/** Of an image's pupil, drawn as dots. */
const DOTS = 2500;
const CORNER: readonly [number, number] = [0.8, -0.6];

export interface PupilShape {
  readonly root: HTMLElement;
  show(lens: LensSettings, pupil: ImagePupil | null): void;
}

/** Two drawings side by side. */
export function pupilShape(): PupilShape {
  const middle = element("canvas", { width: 2 * SIZE_PX, height: 2 * SIZE_PX });
  const corner = element("canvas", { width: 2 * SIZE_PX, height: 2 * SIZE_PX });
  const root = element("div", { class: "pupils", role: "img" },
    element("figure", {}, middle, element("figcaption", {}, "middle")),
    element("figure", {}, corner, element("figcaption", {}, "corner")));
  return {
    root,
    show(lens, pupil) {
      root.setAttribute("aria-label", words(lens));
      draw(middle, lens, pupil, [0, 0]);
      draw(corner, lens, pupil, CORNER);
    },
  };
}

function draw(
  canvas: HTMLCanvasElement, lens: LensSettings, pupil: ImagePupil | null, field: readonly [number, number],
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const half = canvas.width / 2;
  const radius = 0.86 * half * Math.min(1, lens.squeeze);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.save();
  // A light behind the focus shows the pupil upside down and the other way round.
  context.translate(half, half);
  context.scale(-radius, -radius);
  const points = catsEyeOutline(lens, field, POINTS);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
  context.closePath();
  if (lens.image === null) {
    context.scale(1 / lens.squeeze, 1);
    context.fillStyle = light(context, lens.profile);
    context.fill();
  } else if (pupil !== null) {
    context.clip();
    const spread = pupilSamples(lens, pupil, 0, Math.min(DOTS, pupil.points.length / 2)).points;
    context.fillStyle = "#fff";
    for (let i = 0; i < spread.length; i += 2) context.fillRect(spread[i] - 0.012, spread[i + 1] - 0.012, 0.024, 0.024);
  }
  context.restore();
}

/** T = 1 + profile (2 r^2 - 1), the brightest white. */
function light(context: CanvasRenderingContext2D, profile: number): CanvasGradient {
  const shade = context.createRadialGradient(0, 0, 0, 0, 0, 1);
  for (let step = 0; step <= 16; step++) {
    const r = step / 16;
    const linear = (1 + profile * (2 * r * r - 1)) / (1 + Math.abs(profile));
    const code = Math.round(255 * linear ** (1 / 2.2));
    shade.addColorStop(r, `rgb(${code} ${code} ${code})`);
  }
  return shade;
}

function words(lens: LensSettings): string {
  if (lens.image !== null) return "The pupil is shaped by an image.";
  const outline = lens.blades === 0 || lens.curvature === 1 ? "a disc" : `${lens.blades} blades`;
  const squeezed = lens.squeeze === 1 ? "" : `, ${lens.squeeze} times as high as wide`;
  const cut = lens.cats_eye === 0 ? "as in the middle" : "cut to a cat's-eye";
  return `The pupil in the middle: ${outline}${squeezed}. In the corner: ${cut}.`;
}
