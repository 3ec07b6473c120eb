/** LiveRenderer: the picture on the screen: a preview at once, then better and better until it has converged. */

import { LinearFilter, WebGLRenderer, WebGLRenderTarget, type Texture } from "three";

import type { Wrong } from "../camera/framing";
import { fitted } from "../camera/pinhole";
import { taking } from "../camera/taking";
import { apply, dot, subtract } from "../camera/vectors";
import { loadPatch, type LoadedScene } from "../scene/loaded_scene";
import { picked } from "../scene/pick";
import type { Pinhole, SceneInfo } from "../scene/scene_info";
import type { Overlay } from "../state/state";
import type { Vec3, View } from "../state/view";
import { CardScene } from "./card_scene";
import { imageTexture } from "./data_textures";
import type { LiveStroke, LiveView, Pick, Progress } from "./live_view";
import { Pace } from "./pace";
import { pictureOf, SAMPLES, type Picture } from "./picture";

/** A sum of so many samples replaces the preview. */
const SHOWN_FROM = 8;
/** Where points at infinity are put. */
const FAR_M = 1e6;

export class LiveRenderer implements LiveView {
  /** Pictures drawn since the start. */
  frames = 0;
  private readonly renderer: WebGLRenderer;
  private readonly pace = new Pace();
  private readonly listeners = new Set<(progress: Progress) => void>();
  private readonly waiting: (() => void)[] = [];
  private card: CardScene | null = null;
  private view: View | null = null;
  private overlay: Overlay = "none";
  private compare: number | null = null;
  private source: Texture | null = null;
  private picture: Picture | null = null;
  private size_px: readonly [number, number] = [1, 1];
  /** The view has changed since it was last drawn. */
  private isNew = false;
  /** What is drawn over it has. */
  private isStale = false;
  private asked = 0;
  private fence: { sync: WebGLSync; since_ms: number; samples: number; pixels: number } | null = null;
  private isLost = false;

  /** onBack: the card had lost its memory and is back; load the scene again. Throws an Error where there is no WebGL 2. */
  constructor(readonly canvas: HTMLCanvasElement, private readonly info: SceneInfo, onBack: () => void) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, alpha: false, depth: false, stencil: false, powerPreference: "high-performance" });
    this.renderer.autoClear = false;
    if (!this.renderer.extensions.has("EXT_color_buffer_float")) {
      throw new Error("this browser's graphics cannot sum light in float (EXT_color_buffer_float); try another browser");
    }
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.isLost = true;
      this.card = null;
      this.fence = null;
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.isLost = false;
      onBack();
    });
  }

  get level(): { readonly level: number; readonly width_px: number; readonly height_px: number } {
    const scene = this.card?.scene;
    return scene
      ? { level: scene.level, width_px: scene.camera.width_px, height_px: scene.camera.height_px }
      : this.info.levels[this.info.levels.length - 1];
  }

  /** Photograph this scene from now on. Throws a RangeError where it does not fit the card. */
  open(scene: LoadedScene): void {
    if (this.isLost) return;
    const card = new CardScene(this.renderer, scene);
    this.card?.dispose();
    this.card = card;
    this.restart();
  }

  /** The view to show; wrong where it cannot be taken: the last one stays. */
  show(view: View): Wrong | null {
    const found = taking(view, this.info.camera, this.size_px);
    if ("wrong" in found) return found;
    if (view === this.view) return null;
    this.view = view;
    this.restart();
    return null;
  }

  look(overlay: Overlay, compare: number | null): void {
    if (overlay === this.overlay && compare === this.compare) return;
    this.overlay = overlay;
    this.compare = compare;
    this.isStale = true;
    this.wake();
  }

  /** The photo to compare with. */
  setSource(image: ImageBitmap): void {
    this.source?.dispose();
    this.source = imageTexture(image, LinearFilter);
    this.isStale = true;
    this.wake();
  }

  /** Pixels of the canvas; it keeps its picture until there is one of this size. */
  resize(width_px: number, height_px: number): void {
    if (this.size_px[0] === width_px && this.size_px[1] === height_px) return;
    this.size_px = [width_px, height_px];
    this.restart();
  }

  /** How many times as large as the whole photo would be the view shows it. */
  get zoom(): number {
    return this.camera().fx_px / fitted(this.info.camera, ...this.size_px).fx_px;
  }

  camera(): Pinhole {
    return this.current()?.taken.camera ?? fitted(this.info.camera, ...this.size_px);
  }

  pick(x: number, y: number): Pick | null {
    const picture = this.current();
    if (!picture || !this.card) return null;
    const box = this.canvas.getBoundingClientRect();
    const { camera, eye_m, rotation } = picture.taken;
    const [column, row] = [(x / box.width) * camera.width_px, (y / box.height) * camera.height_px];
    const towards: Vec3 = [(column - camera.cx_px) / camera.fx_px, (row - camera.cy_px) / camera.fy_px, 1];
    const direction = apply(rotation, towards);
    const found = picked(this.card.scene, eye_m, direction);
    if (!found) return null;
    const level = 2 ** this.card.scene.level;
    const { fx_px, fy_px, cx_px, cy_px } = this.card.scene.camera;
    const depth_m = found.inverse_depth > 1 / FAR_M ? 1 / found.inverse_depth : FAR_M;
    const point_m: Vec3 = [((found.column - cx_px) / fx_px) * depth_m, ((found.row - cy_px) / fy_px) * depth_m, depth_m];
    return {
      layer: found.layer.name,
      pixel: [found.column * level, found.row * level],
      inverse_depth: found.inverse_depth,
      point_m,
      distance_m: depth_m === FAR_M ? Infinity : dot(subtract(point_m, eye_m), picture.focus.axis),
    };
  }

  depthAt(column_px: number, row_px: number): number {
    if (!this.card) return NaN;
    const { camera, level } = this.card.scene;
    const scale = 2 ** level;
    const towards: Vec3 = [(column_px / scale - camera.cx_px) / camera.fx_px, (row_px / scale - camera.cy_px) / camera.fy_px, 1];
    const found = picked(this.card.scene, [0, 0, 0], towards);
    return found ? 1 / found.inverse_depth : NaN;
  }

  stroke(stroke: LiveStroke | null): void {
    this.card?.paint(stroke);
    this.restart();
  }

  /** Take over what an edit has changed; false where the scene has to be loaded anew. */
  async patch(patches: ArrayBuffer): Promise<boolean> {
    const { level, windows } = await loadPatch(patches);
    const fits = this.card?.scene.level === level && this.card.patch(windows);
    // A scene that is loaded anew has them in it.
    if (!fits) for (const { colour } of windows) colour.close();
    this.restart();
    return fits;
  }

  async pixels(): Promise<ImageData> {
    await this.converged();
    const [picture, card] = [this.current(), this.card];
    if (!picture || !card) throw new Error("the graphics card has lost the picture; try again");
    const { width_px: width, height_px: height } = picture.taken.camera;
    const target = new WebGLRenderTarget(width, height, { depthBuffer: false });
    const upward = new Uint8Array(4 * width * height);
    try {
      card.show(card.full, picture, { overlay: "none", compare: null, source: null }, target);
      await this.renderer.readRenderTargetPixelsAsync(target, 0, 0, width, height, upward);
    } finally {
      target.dispose();
    }
    const image = new ImageData(width, height);
    for (let row = 0; row < height; row++) image.data.set(upward.subarray(4 * width * (height - 1 - row), 4 * width * (height - row)), 4 * width * row);
    return image;
  }

  /** When the picture has all its samples. Rejects where the view cannot be taken. */
  converged(): Promise<void> {
    if (this.card && this.view && !this.current()) return Promise.reject(new Error("this view cannot be taken; see the message under the picture"));
    if (!this.isNew && this.card && this.picture && this.card.full.count >= this.picture.samples.count) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.wake();
    });
  }

  onFrame(listener: (progress: Progress) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private restart(): void {
    this.picture = null;
    this.isNew = true;
    this.wake();
  }

  /** The picture of the view; made when it is first asked for. */
  private current(): Picture | null {
    if (this.picture || !this.view || !this.card) return this.picture;
    const taken = taking(this.view, this.info.camera, this.size_px);
    if ("wrong" in taken) return null;
    const pupil = this.info.presets.find((preset) => preset.name === taken.lens.image)?.pupil ?? null;
    this.picture = pictureOf(taken, pupil, this.card.scene.camera, this.view.exposure_ev);
    return this.picture;
  }

  /** Draw with the next frame of the screen; nothing runs while nothing is to be drawn. */
  private wake(): void {
    if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.tick(); });
  }

  private tick(): void {
    const [picture, card] = [this.current(), this.card];
    if (this.isLost || !picture || !card) return;
    const pixels = this.size_px[0] * this.size_px[1];
    if (this.isNew) {
      this.isNew = this.isStale = false;
      // It clears the canvas, which is drawn at once.
      if (this.canvas.width !== this.size_px[0] || this.canvas.height !== this.size_px[1]) this.renderer.setSize(...this.size_px, false);
      card.full.begin(...this.size_px);
      this.drawPreview(card, picture, pixels);
    } else if (!this.settled()) {
      // The card is still at work: more would only make the next input wait.
      if (this.isStale) this.present(card, picture);
    } else if (card.full.count < picture.samples.count) {
      const before = card.full.count;
      this.timed(() => { card.add(card.full, picture, this.pace.batch(pixels)); return card.full.count - before; }, pixels);
      if (card.full.count >= SHOWN_FROM) this.present(card, picture);
    } else if (this.isStale) {
      this.present(card, picture);
    } else {
      for (const resolve of this.waiting.splice(0)) resolve();
      return;
    }
    this.wake();
  }

  private drawPreview(card: CardScene, picture: Picture, pixels: number): void {
    const { samples, scale } = this.pace.preview(pixels);
    const [width, height] = this.size_px.map((size) => Math.max(1, Math.round(size * scale)));
    const sum = scale === 1 ? card.full : card.preview;
    if (scale < 1) sum.begin(width, height);
    this.timed(() => { card.add(sum, picture, samples); return samples; }, width * height);
    card.show(sum, picture, { overlay: this.overlay, compare: this.compare, source: this.source });
    this.drawn(sum.count);
  }

  private present(card: CardScene, picture: Picture): void {
    this.isStale = false;
    const sum = card.full.count >= SHOWN_FROM ? card.full : card.preview;
    card.show(sum, picture, { overlay: this.overlay, compare: this.compare, source: this.source });
    this.drawn(card.full.count);
  }

  private drawn(samples: number): void {
    this.frames++;
    for (const listener of this.listeners) listener({ samples, of: this.picture?.samples.count ?? SAMPLES });
  }

  /** Draw samples, and learn how long the card takes for them. */
  private timed(work: () => number, pixels: number): void {
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    const since_ms = performance.now();
    const samples = work();
    if (this.fence) gl.deleteSync(this.fence.sync);
    const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.fence = sync && { sync, since_ms, samples, pixels };
  }

  /** Whether the card has done what it was asked. */
  private settled(): boolean {
    if (!this.fence) return true;
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    if (gl.getSyncParameter(this.fence.sync, gl.SYNC_STATUS) !== gl.SIGNALED) return false;
    const { sync, since_ms, samples, pixels } = this.fence;
    gl.deleteSync(sync);
    this.fence = null;
    this.pace.learn(samples, pixels, performance.now() - since_ms);
    return true;
  }
}
