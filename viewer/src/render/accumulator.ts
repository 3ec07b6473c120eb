/** Accumulator: the sum of a picture's lens samples so far, in float. */

import { FloatType, NearestFilter, RGBAFormat, WebGLRenderTarget, type RawShaderMaterial, type Texture, type WebGLRenderer } from "three";

import { TILE_PX } from "../scene/tiles";
import { BATCH, FULL_SCREEN_VERTEX, accumulateShader } from "./accumulate_shader";
import { draw, material, type Uniforms } from "./passes";
import type { Picture } from "./picture";

export class Accumulator {
  /** Samples summed so far. */
  count = 0;
  private targets: [WebGLRenderTarget, WebGLRenderTarget];
  private readonly materials = new Map<1 | 3, RawShaderMaterial>();
  private readonly weights: [number, number, number] = [0, 0, 0];

  /** march: the uniforms of the march shader. */
  constructor(private readonly renderer: WebGLRenderer, private readonly layers: number, private readonly march: Uniforms) {
    this.targets = [target(1, 1), target(1, 1)];
  }

  get sum(): Texture {
    return this.targets[0].texture;
  }

  get width(): number {
    return this.targets[0].width;
  }

  get height(): number {
    return this.targets[0].height;
  }

  /** What each colour's weights sum to, over their mean: more than the rim cuts differs only for coloured pupils. */
  get balance(): readonly [number, number, number] {
    const mean = (this.weights[0] + this.weights[1] + this.weights[2]) / 3;
    return mean > 0 ? [this.weights[0] / mean, this.weights[1] / mean, this.weights[2] / mean] : [1, 1, 1];
  }

  /** Forget the sum, for a picture of this size. */
  begin(width: number, height: number): void {
    this.count = 0;
    this.weights.fill(0);
    if (this.width === width && this.height === height) return;
    for (const each of this.targets) each.setSize(width, height);
  }

  /** Add the next samples of a picture, at most a batch of them; returns how many. */
  add({ samples, taken, focus, field, texels, needed }: Picture, wanted: number): number {
    const count = Math.min(wanted, BATCH, samples.count - this.count);
    const used = this.materialOf(samples.channels);
    const first = this.count * samples.channels;
    // From the picture's pixels to this sum's.
    const scale = taken.camera.width_px / this.width;
    const u = used.uniforms;
    u.uSum.value = this.sum;
    u.uFirst.value = this.count;
    u.uCount.value = count;
    u.uDirection.value = scaled(samples.direction.subarray(9 * first, 9 * (first + count * samples.channels)), scale, 9 * BATCH * samples.channels);
    u.uOrigin_m.value = padded(samples.origin_m.subarray(3 * first, 3 * (first + count * samples.channels)), 3 * BATCH * samples.channels);
    u.uWeight.value = padded(samples.weight.subarray(3 * this.count, 3 * (this.count + count)), 3 * BATCH);
    u.uPupil.value = padded(samples.pupil.subarray(2 * this.count, 2 * (this.count + count)), 2 * BATCH);
    u.uFocus.value = [focus.plane[0] * scale, focus.plane[1] * scale, focus.plane[2]];
    u.uField.value = [field[0] / scale, field[1] / scale, field[2] * scale];
    u.uSamples.value = samples.count;
    u.uTexels.value = texels * scale;
    u.uTilePixels.value = TILE_PX / scale;
    u.uNeeded.value = needed;
    draw(this.renderer, this.targets[1], used);
    this.targets.reverse();
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) this.weights[c] += samples.weight[3 * (this.count + i) + c];
    this.count += count;
    return count;
  }

  dispose(): void {
    for (const each of [...this.targets, ...this.materials.values()]) each.dispose();
  }

  private materialOf(channels: 1 | 3): RawShaderMaterial {
    let found = this.materials.get(channels);
    if (!found) {
      const names = ["uSum", "uFirst", "uCount", "uDirection", "uOrigin_m", "uWeight", "uPupil", "uFocus", "uField", "uSamples", "uTexels", "uTilePixels", "uNeeded"];
      const own = Object.fromEntries(names.map((name) => [name, { value: null }]));
      found = material(FULL_SCREEN_VERTEX, accumulateShader(this.layers, channels), { ...this.march, ...own });
      this.materials.set(channels, found);
    }
    return found;
  }
}

function target(width: number, height: number): WebGLRenderTarget {
  return new WebGLRenderTarget(width, height, {
    type: FloatType, format: RGBAFormat, minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false,
  });
}

/** Matrices (columns first) for pixels that are `scale` of the picture's pixels wide. */
function scaled(matrices: Float32Array, scale: number, length: number): Float32Array {
  const result = padded(matrices, length);
  for (let at = 0; at < matrices.length; at += 9) for (let i = 0; i < 6; i++) result[at + i] *= scale;
  return result;
}

function padded(values: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length);
  result.set(values);
  return result;
}
