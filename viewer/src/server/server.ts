/** Server: what the page can ask of relens; an exported page has none. */

import type { PathRecord } from "../path/path_record";
import type { SafeVolume } from "../scene/scene_info";
import type { History } from "../state/state";
import type { View } from "../state/view";

/** A refusal, in one line for people. */
export class ServerError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** Another tab, or another program, has edited the scene meanwhile; nothing was changed. */
export class Conflict extends ServerError {
  constructor(message: string, readonly history: History) {
    super(message, 409);
  }
}

/** An edit by the names of `relens.edit`: paint, heal or recolour, with their values. */
export interface Edit {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What an edit changed: the history now, and the changed windows of pages at the asked level, packed. */
export interface Edited {
  readonly history: History;
  readonly patches: ArrayBuffer;
}

export interface ShotRequest {
  readonly view: View;
  /** Of the picture; the photo's own when left out. */
  readonly size_px?: readonly [number, number];
  readonly samples?: number;
  /** png (8 or 16 bit) or exr: one picture of the view; mp4: a film along the path. */
  readonly format: "png" | "png16" | "exr" | "mp4";
  readonly path?: PathRecord;
  readonly fps?: number;
}

export interface ShotProgress {
  readonly stage: string;
  /** 0 to 1. */
  readonly fraction: number;
}

export interface ShotResult {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  /** A smaller 8-bit picture to show in the page; null for films. */
  readonly preview_url: string | null;
  readonly seconds: number;
}

/** A picture that waited when relens view ended last. */
export interface LeftShot {
  readonly id: string;
}

export interface Server {
  /** Whether this page may change and render: it came with the token that the command printed. */
  readonly mayWrite: boolean;
  pack(level: number, signal?: AbortSignal): Promise<ArrayBuffer>;
  /** The source photo, upright, as an image file. */
  source(level: number): Promise<Blob>;
  safeVolume(): Promise<SafeVolume>;
  /** The path of a ready-made move, made for this scene and lens. */
  move(name: string, view: View): Promise<PathRecord>;
  /** A path file of another kind (nerfstudio's camera_path.json) as ours. */
  readPath(text: string): Promise<PathRecord>;
  edit(edit: Edit, revision: number, level: number): Promise<Edited>;
  undo(revision: number, level: number): Promise<Edited>;
  redo(revision: number, level: number): Promise<Edited>;
  /** All that changed since a revision: after a conflict. */
  changes(since: number, level: number): Promise<Edited>;
  importPage(name: string, page: Blob, revision: number, level: number): Promise<Edited>;
  pageUrl(name: string): string;
  /** Render at full quality; aborting the signal cancels it on the server. */
  shoot(request: ShotRequest, progress: (progress: ShotProgress) => void, signal: AbortSignal): Promise<ShotResult>;
  leftShots(): Promise<readonly LeftShot[]>;
  /** Wait for a picture that was ordered before; whoever goes leaves it as it is. */
  followShot(id: string, progress: (progress: ShotProgress) => void): Promise<ShotResult>;
}
