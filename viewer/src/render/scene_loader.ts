/** SceneLoader: gets the level of the scene that the canvas needs, a small one first, and puts it on the card. */

import { downFrom, fittingLevel } from "../scene/fitting_level";
import { loadScene } from "../scene/loaded_scene";
import type { Level, SceneInfo } from "../scene/scene_info";
import type { History } from "../state/state";
import type { LiveRenderer } from "./live_renderer";

export interface Loading {
  readonly info: SceneInfo;
  readonly live: LiveRenderer;
  pack(level: number): Promise<ArrayBuffer>;
  /** Told of the edits that a loaded scene has in it. */
  onHistory(history: History): void;
  say(message: string, kind: "note" | "wrong"): void;
}

export class SceneLoader {
  /** Levels are loaded one after the other. */
  private last: Promise<void> = Promise.resolve();
  private shown: Level | null = null;
  private mostWidth = Infinity;

  constructor(private readonly loading: Loading) {}

  /** The smallest level at once, then the one that fits. Rejects where nothing can be shown. */
  async first(canvas_px: readonly [number, number]): Promise<void> {
    const { levels } = this.loading.info;
    const fitting = fittingLevel(levels, this.loading.info.camera, canvas_px);
    const smallest = downFrom(levels, fitting).at(-1) ?? fitting;
    await this.load(smallest);
    if (fitting !== smallest) void this.fit(canvas_px);
  }

  /** Get a larger level where the canvas has grown; one at a time. */
  fit(canvas_px: readonly [number, number]): Promise<void> {
    const { info } = this.loading;
    const wanted = fittingLevel(info.levels, info.camera, canvas_px);
    if (this.shown && (wanted.width_px <= this.shown.width_px || this.shown.width_px >= this.mostWidth)) return Promise.resolve();
    return this.run(wanted);
  }

  /** Get the scene anew: the card has lost it, or an edit reached past what is there. */
  reload(): Promise<void> {
    const level = this.shown ?? this.loading.info.levels[this.loading.info.levels.length - 1];
    return this.run(level);
  }

  private run(level: Level): Promise<void> {
    this.last = this.last.then(() => this.load(level)).catch((error: unknown) => {
      this.loading.say(error instanceof Error ? error.message : String(error), "wrong");
    });
    return this.last;
  }

  private async load(wanted: Level): Promise<void> {
    const { info, live } = this.loading;
    for (const level of downFrom(info.levels, wanted)) {
      const scene = await loadScene(await this.loading.pack(level.level));
      try {
        live.open(scene);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.mostWidth = level.width_px - 1;
        continue;
      }
      this.shown = level;
      this.loading.onHistory(scene.history);
      if (level !== wanted) {
        this.loading.say(`This graphics card holds ${level.width_px} x ${level.height_px} of the photo's ${info.camera.width_px} x ${info.camera.height_px} pixels.`, "note");
      }
      return;
    }
    throw new Error("no size of this scene fits the graphics card");
  }
}
