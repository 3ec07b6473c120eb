/** Stroke texture: where a stroke that is under way covers its layer's page. */

import { LinearFilter, type DataTexture } from "three";

import type { LoadedScene } from "../scene/loaded_scene";
import { byteTexture } from "./data_textures";
import type { LiveStroke } from "./live_view";

export class StrokeTexture {
  texture = blank(1, 1);
  /** The layer's number; -1 for none. */
  layer = -1;
  private drawn = 0;
  private current: LiveStroke | null = null;

  constructor(private readonly scene: LoadedScene) {}

  /** Show a stroke, or none. Points are added to the stroke that is shown as long as it grows. */
  show(stroke: LiveStroke | null): void {
    const layer = stroke ? this.scene.layers.findIndex((each) => each.name === stroke.layer) : -1;
    if (!stroke || layer < 0) {
      this.layer = -1;
      this.current = null;
      return;
    }
    const { left, top, width, height } = this.scene.layers[layer];
    if (!this.grows(stroke)) {
      this.texture.dispose();
      this.texture = blank(width, height);
      this.drawn = 0;
    }
    const level = 2 ** this.scene.level;
    for (let i = Math.max(0, this.drawn - 1); i < stroke.points.length; i++) {
      const to = stroke.points[i];
      const before = stroke.points[Math.max(0, i - 1)];
      // After a lift a line begins anew.
      const from = Number.isNaN(before[0]) ? to : before;
      this.segment(from[0] / level - left, from[1] / level - top, to[0] / level - left, to[1] / level - top, stroke.radius_px / level);
    }
    this.drawn = stroke.points.length;
    this.layer = layer;
    this.current = stroke;
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }

  private grows(stroke: LiveStroke): boolean {
    const last = this.current;
    if (!last || last.layer !== stroke.layer || last.radius_px !== stroke.radius_px || stroke.points.length < this.drawn) return false;
    return last.points.every((point, i) => Object.is(point[0], stroke.points[i][0]) && Object.is(point[1], stroke.points[i][1]));
  }

  /** A thick line, its edge a texel soft. */
  private segment(x0: number, y0: number, x1: number, y1: number, radius: number): void {
    const { data, width, height } = this.texture.image as { data: Uint8Array; width: number; height: number };
    const [dx, dy] = [x1 - x0, y1 - y0];
    const long = dx * dx + dy * dy;
    for (let row = Math.max(0, Math.floor(Math.min(y0, y1) - radius - 1)); row <= Math.min(height - 1, Math.max(y0, y1) + radius + 1); row++) {
      for (let column = Math.max(0, Math.floor(Math.min(x0, x1) - radius - 1)); column <= Math.min(width - 1, Math.max(x0, x1) + radius + 1); column++) {
        const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = long > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / long)) : 0;
        const away = Math.hypot(x - along * dx, y - along * dy);
        const cover = Math.round(255 * Math.min(1, Math.max(0, radius - away + 0.5)));
        if (cover > data[row * width + column]) data[row * width + column] = cover;
      }
    }
  }
}

function blank(width: number, height: number): DataTexture {
  return byteTexture(new Uint8Array(width * height), width, height, LinearFilter);
}
