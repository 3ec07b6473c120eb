/** Page textures: all layers of a scene on the card, in one atlas for colours and one for inverse depths. */

import {
  DataTexture, HalfFloatType, LinearFilter, LinearMipmapLinearFilter, RedIntegerFormat, RGBAFormat, RGFormat, UnsignedShortType,
  WebGLRenderTarget, type RawShaderMaterial, type Texture, type WebGLRenderer,
} from "three";

import type { AtlasLayout } from "../scene/atlas_layout";
import { atlasLayout } from "../scene/atlas_layout";
import { BlockBounds } from "../scene/block_bounds";
import type { LoadedScene, PageWindow } from "../scene/loaded_scene";
import { pageEdges } from "../scene/page_edges";
import { byteTexture, imageTexture } from "./data_textures";
import { COLOUR_FRAGMENT, DEPTH_FRAGMENT, RECT_VERTEX } from "./decode_shader";
import { draw, material } from "./passes";

export class PageTextures {
  readonly colour: WebGLRenderTarget;
  readonly depth: WebGLRenderTarget;
  /** What blocks of each layer's page have. */
  readonly bounds: BlockBounds[];
  private readonly layout: AtlasLayout;
  private readonly programs: RawShaderMaterial[] = [];

  /** Throws a RangeError where the scene does not fit the card: a smaller level may. */
  constructor(private readonly renderer: WebGLRenderer, private readonly scene: LoadedScene) {
    const most = renderer.capabilities.maxTextureSize;
    const layout = atlasLayout(scene.layers, most);
    if (!layout) throw new RangeError(`the scene's pages do not fit this card's ${most} x ${most} textures`);
    this.layout = layout;
    this.colour = new WebGLRenderTarget(layout.width, layout.height, {
      type: HalfFloatType, format: RGBAFormat, minFilter: LinearMipmapLinearFilter, magFilter: LinearFilter,
      generateMipmaps: true, depthBuffer: false,
    });
    this.depth = new WebGLRenderTarget(layout.width, layout.height, {
      type: HalfFloatType, format: RGFormat, minFilter: LinearFilter, magFilter: LinearFilter, depthBuffer: false,
    });
    this.bounds = scene.layers.map((_, index) => this.boundsOf(index));
    this.upload(scene.layers.map((window, index) => ({ window, index })));
  }

  /** Of each layer: left and top of its window, and what takes the photo's grid to the atlas; its rectangle. */
  get windows(): { readonly windows: number[]; readonly rects: number[] } {
    const windows = this.layout.places.flatMap(({ x, y }, index) => {
      const { left, top } = this.scene.layers[index];
      return [left, top, x - left, y - top];
    });
    return { windows, rects: this.layout.places.flatMap(({ rect }) => [rect.x, rect.y, rect.width, rect.height]) };
  }

  /** Lay changed windows over the pages. Returns false where one does not fit: then the scene has to be loaded anew. */
  patch(windows: readonly PageWindow[]): boolean {
    const placed: { window: PageWindow; index: number }[] = [];
    for (const window of windows) {
      const index = this.scene.layers.findIndex((layer) => layer.name === window.name);
      if (index < 0 || !this.lay(window, index)) return false;
      placed.push({ window, index });
    }
    this.upload(placed);
    for (const index of new Set(placed.map(({ index }) => index))) this.bounds[index] = this.boundsOf(index);
    return true;
  }

  dispose(): void {
    for (const each of [this.colour, this.depth, ...this.programs]) each.dispose();
  }

  /** Into the copy that picks and bounds are made from. */
  private lay(window: PageWindow, index: number): boolean {
    const layer = this.scene.layers[index];
    const [x, y] = [window.left - layer.left, window.top - layer.top];
    if (x < 0 || y < 0 || x + window.width > layer.width || y + window.height > layer.height) return false;
    for (let row = 0; row < window.height; row++) {
      const [from, to] = [row * window.width, (row + y) * layer.width + x];
      layer.alpha.set(window.alpha.subarray(from, from + window.width), to);
      if (!window.depth) continue;
      for (let column = 0; column < window.width; column++) {
        const inverse = window.depth_far + window.depth[from + column] * window.depth_step;
        const code = Math.round((inverse - layer.depth_far) / layer.depth_step);
        if (code < 0 || code > 65535 || inverse > layer.depth_near + layer.depth_step) return false;
        layer.depth[to + column] = code;
      }
    }
    return true;
  }

  private upload(placed: readonly { readonly window: PageWindow; readonly index: number }[]): void {
    const [colours, depths]: [RawShaderMaterial[], RawShaderMaterial[]] = [[], []];
    const used: Texture[] = [];
    const kept = <T extends Texture>(texture: T): T => {
      used.push(texture);
      return texture;
    };
    for (const { window, index } of placed) {
      const gain = window.gain ?? new Uint8Array(window.width * window.height);
      colours.push(
        material(RECT_VERTEX, COLOUR_FRAGMENT, {
          ...this.frame(window, index),
          uCodes: { value: kept(imageTexture(window.colour)) },
          uAlpha: { value: kept(byteTexture(window.alpha, window.width, window.height)) },
          uGain: { value: kept(byteTexture(gain, window.width, window.height)) },
          uGain_stops: { value: window.gain_stops },
        }),
      );
      if (window.depth) {
        const depth = new DataTexture(window.depth, window.width, window.height, RedIntegerFormat, UnsignedShortType);
        depth.internalFormat = "R16UI";
        depth.unpackAlignment = 1;
        depth.needsUpdate = true;
        depths.push(
          material(RECT_VERTEX, DEPTH_FRAGMENT, {
            ...this.frame(window, index),
            uCodes: { value: kept(depth) }, uFar: { value: window.depth_far }, uStep: { value: window.depth_step },
          }),
        );
      }
    }
    if (depths.length) draw(this.renderer, this.depth, ...depths);
    draw(this.renderer, this.colour, ...colours);
    for (const each of used) each.dispose();
    for (const { window } of placed) window.colour.close();
    this.retire([...colours, ...depths]);
    const gl = this.renderer.getContext();
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      this.dispose();
      throw new RangeError("the graphics card has too little memory for the scene's pages");
    }
  }

  /** The first materials stay, so that their programs need not be linked again for every patch. */
  private retire(materials: readonly RawShaderMaterial[]): void {
    for (const each of materials) {
      for (const uniform of Object.values(each.uniforms)) uniform.value = null;
      if (this.programs.some((kept) => kept.fragmentShader === each.fragmentShader)) each.dispose();
      else this.programs.push(each);
    }
  }

  /** Which rectangle of the atlas a window fills: a whole layer its own with what is around, a patch no more than itself. */
  private frame(window: PageWindow, index: number): Record<string, { value: unknown }> {
    const { places, width, height } = this.layout;
    const layer = this.scene.layers[index];
    const isWhole = window.width === layer.width && window.height === layer.height;
    const corner = [places[index].x + window.left - layer.left, places[index].y + window.top - layer.top];
    const { rect } = places[index];
    const held = pageEdges(this.scene, window);
    // What goes on past an end of the page is drawn with it.
    const [left, top] = [isWhole || held[0] ? rect.x : corner[0], isWhole || held[1] ? rect.y : corner[1]];
    const right = isWhole || held[2] ? rect.x + rect.width : corner[0] + window.width;
    const bottom = isWhole || held[3] ? rect.y + rect.height : corner[1] + window.height;
    return {
      uRect: { value: [left, top, right - left, bottom - top] },
      uAtlas_px: { value: [width, height] },
      uCorner: { value: corner },
      uSize: { value: [window.width, window.height] },
      uHeld: { value: held.map(Number) },
    };
  }

  private boundsOf(index: number): BlockBounds {
    return new BlockBounds(this.scene.layers[index], pageEdges(this.scene, this.scene.layers[index]));
  }
}
