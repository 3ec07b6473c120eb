/** A live view without a renderer: a still picture, and depths as of a sitter before a wall. */

import type { LiveView, Pick, Progress } from "../src/render/live_view";
import type { Pinhole, SceneInfo } from "../src/scene/scene_info";
import type { Store } from "../src/state/store";

const SITTER_M = 1.2;
const WALL_M = 4;
const SAMPLES = 256;

/** A picture from the address `?picture=`, or a drawn one. */
export function fakeLiveView(info: SceneInfo, store: Store): LiveView {
  const canvas = document.createElement("canvas");
  canvas.width = info.camera.width_px / 4;
  canvas.height = info.camera.height_px / 4;
  const context = canvas.getContext("2d")!;
  const picture = new Image();
  const asked = new URLSearchParams(window.location.search).get("picture");
  const draw = (): void => {
    const { width, height } = canvas;
    if (picture.complete && picture.naturalWidth > 0) context.drawImage(picture, 0, 0, width, height);
    else drawSitter(context, width, height);
    const { compare } = store.get();
    if (compare === null) return;
    context.fillStyle = "rgb(255 255 255 / 12%)";
    context.fillRect(0, 0, compare * width, height);
  };
  picture.onload = draw;
  if (asked !== null) picture.src = asked;
  draw();

  const listeners = new Set<(progress: Progress) => void>();
  let samples = 0;
  window.setInterval(() => {
    if (samples >= SAMPLES) return;
    samples = Math.min(SAMPLES, samples + 8);
    for (const listener of listeners) listener({ samples, of: SAMPLES });
  }, 60);
  store.on((state, before) => {
    if (state.compare !== before.compare) draw();
    if (state.view !== before.view) samples = 0;
  });

  const camera = (): Pinhole => info.camera;
  return {
    canvas,
    level: info.levels[1],
    camera,
    pick(x, y): Pick | null {
      const [u, v] = [x / canvas.clientWidth, y / canvas.clientHeight];
      const sitter = isSitter(u, v);
      const distance_m = sitter ? SITTER_M : WALL_M;
      const { fx_px, fy_px, cx_px, cy_px, width_px, height_px } = info.camera;
      const pixel: readonly [number, number] = [u * width_px, v * height_px];
      return {
        layer: sitter ? "subject" : "background", pixel, inverse_depth: 1 / distance_m, distance_m,
        point_m: [((pixel[0] - cx_px) / fx_px) * distance_m, ((pixel[1] - cy_px) / fy_px) * distance_m, distance_m],
      };
    },
    depthAt: () => SITTER_M,
    stroke: () => undefined,
    pixels: () => Promise.resolve(context.getImageData(0, 0, canvas.width, canvas.height)),
    onFrame(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isSitter(u: number, v: number): boolean {
  return Math.hypot((u - 0.5) / 0.2, (v - 0.42) / 0.22) < 1 || (v > 0.66 && Math.abs(u - 0.5) < 0.15 + 0.7 * (v - 0.66));
}

function drawSitter(context: CanvasRenderingContext2D, width: number, height: number): void {
  const evening = context.createLinearGradient(0, 0, 0, height);
  evening.addColorStop(0, "#1e2530");
  evening.addColorStop(1, "#2e2a26");
  context.fillStyle = evening;
  context.fillRect(0, 0, width, height);
  // Lights behind the sitter, as even discs.
  for (let i = 0; i < 46; i++) {
    const [x, y] = [(i * 0.618) % 1, (i * 0.383 + 0.07) % 0.8];
    context.fillStyle = `hsl(${30 + ((i * 53) % 190)} 60% ${55 + (i % 3) * 10}% / 38%)`;
    context.beginPath();
    context.arc(x * width, y * height, width * (0.03 + 0.012 * (i % 4)), 0, 2 * Math.PI);
    context.fill();
  }
  const skin = context.createLinearGradient(0.3 * width, 0, 0.7 * width, 0);
  skin.addColorStop(0, "#d6a58a");
  skin.addColorStop(1, "#7d5242");
  context.fillStyle = "#23262b";
  context.beginPath();
  context.ellipse(0.5 * width, 1.02 * height, 0.42 * width, 0.36 * height, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = skin;
  context.fillRect(0.43 * width, 0.55 * height, 0.14 * width, 0.18 * height);
  context.beginPath();
  context.ellipse(0.5 * width, 0.42 * height, 0.17 * width, 0.19 * height, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#1b1714";
  context.beginPath();
  context.ellipse(0.5 * width, 0.32 * height, 0.185 * width, 0.12 * height, 0, Math.PI, 2 * Math.PI);
  context.fill();
}
