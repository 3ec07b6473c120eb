/** CardScene: a scene on the graphics card, and the drawings made of it. */

import {
  DataTexture, DataUtils, FloatType, HalfFloatType, LinearFilter, Matrix3, NearestFilter, RedFormat, RGBAFormat,
  WebGLRenderTarget, type RawShaderMaterial, type Texture, type WebGLRenderer,
} from "three";

import type { LoadedScene, PageWindow } from "../scene/loaded_scene";
import type { Pinhole } from "../scene/scene_info";
import { TILE_PX, tileTable } from "../scene/tiles";
import type { Overlay } from "../state/state";
import { Accumulator } from "./accumulator";
import { FULL_SCREEN_VERTEX } from "./accumulate_shader";
import { byteTexture } from "./data_textures";
import type { LiveStroke } from "./live_view";
import { PageTextures } from "./page_textures";
import { draw, material, type Uniforms } from "./passes";
import { tileRequest, type Picture } from "./picture";
import { PRESENT_FRAGMENT } from "./present_shader";
import { StrokeTexture } from "./stroke_texture";
import { surfaceShader } from "./surface_shader";

/** Texels of the texture of entries in a row; any number will do. */
const ENTRIES_WIDTH = 256;
const OVERLAYS: readonly Overlay[] = ["none", "peaking", "coc", "depth", "layers", "uncertainty"];

/** What is drawn over and beside the picture. */
export interface Look {
  readonly overlay: Overlay;
  readonly compare: number | null;
  readonly source: Texture | null;
}

export class CardScene {
  readonly full: Accumulator;
  readonly preview: Accumulator;
  readonly pages: PageTextures;
  private readonly march: Uniforms;
  private readonly stroke: StrokeTexture;
  private readonly surface = new WebGLRenderTarget(1, 1, {
    type: FloatType, format: RGBAFormat, minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false,
  });
  private readonly surfaceMaterial: RawShaderMaterial;
  private readonly present: RawShaderMaterial;
  private readonly sigma: DataTexture;
  private tiles = floats(new Float32Array(4), 1);
  private entries = floats(new Float32Array(4), 1);
  private tiledFor: Picture | null = null;
  private passed: DataTexture | null = null;
  private passedOf: Picture["passed"] = null;
  private surfaceOf: { picture: Picture; width: number } | null = null;

  /** Throws a RangeError where the scene does not fit the card. */
  constructor(private readonly renderer: WebGLRenderer, readonly scene: LoadedScene) {
    this.pages = new PageTextures(renderer, scene);
    this.stroke = new StrokeTexture(scene);
    const { fx_px, fy_px, cx_px, cy_px } = scene.camera;
    this.march = {
      uColour: { value: this.pages.colour.texture },
      uDepth: { value: this.pages.depth.texture },
      uTiles: { value: this.tiles },
      uEntries: { value: this.entries },
      uWindow: { value: this.pages.windows.windows },
      uRect: { value: this.pages.windows.rects },
      uPhoto: { value: [fx_px, fy_px, cx_px, cy_px] },
      uBlur_px_m: { value: 0 },
      uAxis: { value: [0, 0, 1] },
      uAhead_m: { value: 0 },
      uStroke: { value: this.stroke.texture },
      uStrokeLayer: { value: -1 },
      uStrokeColour: { value: [0, 0, 0, 0] },
    };
    this.full = new Accumulator(renderer, scene.layers.length, this.march);
    this.preview = new Accumulator(renderer, scene.layers.length, this.march);
    this.surfaceMaterial = material(FULL_SCREEN_VERTEX, surfaceShader(scene.layers.length), {
      ...this.march, uPinhole: { value: new Matrix3() }, uEye_m: { value: [0, 0, 0] },
      uTexels: { value: 1 }, uTilePixels: { value: TILE_PX },
    });
    this.sigma = sigmaTexture(scene);
    const near = Math.max(...scene.layers.map((layer) => layer.depth_near));
    const far = Math.min(...scene.layers.map((layer) => layer.depth_far));
    const names = ["uSum", "uBalance", "uCanvas_px", "uGain", "uPassed", "uVignetting", "uSource", "uCompare", "uSourceView", "uOverlay", "uFocus", "uCoc_px_m", "uSharp_px"];
    this.present = material(FULL_SCREEN_VERTEX, PRESENT_FRAGMENT, {
      ...Object.fromEntries(names.map((name) => [name, { value: null }])),
      uSurface: { value: this.surface.texture },
      uUncertainty: { value: this.sigma },
      uRange: { value: [far, near] },
      uPhoto_px: { value: [scene.camera.width_px, scene.camera.height_px] },
    });
  }

  /** Take samples of a picture into a sum. */
  add(into: Accumulator, picture: Picture, count: number): void {
    this.lookThrough(picture);
    for (let left = Math.min(count, picture.samples.count - into.count); left > 0; ) left -= into.add(picture, left);
  }

  /** Show a sum on the canvas, or in a target of the picture's size. */
  show(sum: Accumulator, picture: Picture, look: Look, target: WebGLRenderTarget | null = null): void {
    const { camera } = picture.taken;
    const overlay = OVERLAYS.indexOf(look.overlay);
    if (overlay > 0) this.lookAtSurface(picture, sum.width, sum.height);
    const u = this.present.uniforms;
    u.uSum.value = sum.sum;
    u.uBalance.value = sum.balance;
    u.uCanvas_px.value = [camera.width_px, camera.height_px];
    u.uGain.value = picture.gain;
    u.uVignetting.value = picture.passed !== null;
    u.uPassed.value = this.passedTexture(picture);
    u.uSource.value = look.source;
    u.uCompare.value = look.compare === null || !look.source ? -1 : look.compare * camera.width_px;
    u.uSourceView.value = sourceView(this.scene.camera, camera);
    u.uOverlay.value = overlay;
    u.uFocus.value = picture.focus.plane;
    u.uCoc_px_m.value = picture.coc_px_m;
    u.uSharp_px.value = picture.sharp_px;
    draw(this.renderer, target, this.present);
  }

  /** Show a stroke, or none. */
  paint(stroke: LiveStroke | null): void {
    this.stroke.show(stroke);
    this.march.uStroke.value = this.stroke.texture;
    this.march.uStrokeLayer.value = this.stroke.layer;
    if (!stroke) return;
    const colour = stroke.colour === null ? [0.35, 0.35, 0.35] : linear(stroke.colour);
    this.march.uStrokeColour.value = [...colour, stroke.colour === null ? 0.6 : stroke.opacity];
  }

  /** Lay changed windows over the pages; false where the scene has to be loaded anew. */
  patch(windows: readonly PageWindow[]): boolean {
    const fits = this.pages.patch(windows);
    this.surfaceOf = this.tiledFor = null;
    return fits;
  }

  dispose(): void {
    for (const each of [this.pages, this.full, this.preview, this.surface, this.surfaceMaterial, this.present, this.sigma, this.stroke]) each.dispose();
    for (const each of [this.passed, this.tiles, this.entries]) each?.dispose();
  }

  /** Make the table of tiles for a picture, once. */
  private lookThrough(picture: Picture): void {
    if (this.tiledFor === picture) return;
    this.tiledFor = picture;
    this.march.uBlur_px_m.value = picture.blur_px_m;
    this.march.uAxis.value = picture.focus.axis;
    this.march.uAhead_m.value = picture.focus.ahead_m;
    const table = tileTable(this.pages.bounds, tileRequest(picture, this.scene.camera));
    this.tiles.dispose();
    this.entries.dispose();
    this.tiles = floats(table.headers, table.columns);
    this.entries = floats(table.entries, ENTRIES_WIDTH);
    this.march.uTiles.value = this.tiles;
    this.march.uEntries.value = this.entries;
  }

  private lookAtSurface(picture: Picture, width: number, height: number): void {
    this.lookThrough(picture);
    if (this.surfaceOf?.picture === picture && this.surfaceOf.width === width) return;
    this.surfaceOf = { picture, width };
    this.surface.setSize(width, height);
    const scale = picture.taken.camera.width_px / width;
    const [a, b, c, d, e, f, g, h, i] = picture.pinhole;
    const u = this.surfaceMaterial.uniforms;
    (u.uPinhole.value as Matrix3).set(a * scale, b * scale, c, d * scale, e * scale, f, g * scale, h * scale, i);
    u.uEye_m.value = picture.taken.eye_m;
    u.uTexels.value = picture.texels * scale;
    u.uTilePixels.value = TILE_PX / scale;
    draw(this.renderer, this.surface, this.surfaceMaterial);
  }

  private passedTexture({ passed }: Picture): Texture | null {
    if (!passed) return null;
    if (this.passedOf === passed) return this.passed;
    this.passed?.dispose();
    const codes = Uint16Array.from(passed.parts, (part) => DataUtils.toHalfFloat(part));
    this.passed = new DataTexture(codes, passed.side, passed.side, RedFormat, HalfFloatType);
    this.passed.minFilter = this.passed.magFilter = LinearFilter;
    this.passed.unpackAlignment = 1;
    this.passed.needsUpdate = true;
    this.passedOf = passed;
    return this.passed;
  }
}

/** Four floats a texel, in rows of `width`. */
function floats(values: Float32Array, width: number): DataTexture {
  const height = Math.max(1, Math.ceil(values.length / (4 * width)));
  const data = new Float32Array(4 * width * height);
  data.set(values);
  const texture = new DataTexture(data, width, height, RGBAFormat, FloatType);
  texture.needsUpdate = true;
  return texture;
}

function sigmaTexture({ uncertainty }: LoadedScene): DataTexture {
  const { codes, width, height } = uncertainty ?? { codes: new Uint8Array(1), width: 1, height: 1 };
  return byteTexture(codes, width, height, LinearFilter);
}

/** From the canvas to the photo, both 0 to 1, as far as a camera at the photo's place sees it. */
function sourceView(photo: Pinhole, canvas: Pinhole): number[] {
  const [x, y] = [photo.fx_px / canvas.fx_px, photo.fy_px / canvas.fy_px];
  return [
    (canvas.width_px * x) / photo.width_px, (canvas.height_px * y) / photo.height_px,
    (photo.cx_px - canvas.cx_px * x) / photo.width_px, (photo.cy_px - canvas.cy_px * y) / photo.height_px,
  ];
}

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const code = parseInt(colour.slice(at, at + 2), 16) / 255;
    return code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4;
  });
}
