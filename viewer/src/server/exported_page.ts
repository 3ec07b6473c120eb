/** ExportedPage: the scene that a one-file page carries inside itself, as `relens export --html` writes it. */

import type { Move, SafeVolume, SceneInfo } from "../scene/scene_info";
import { bytesOfBase64 } from "./base64";

export interface ExportedPage {
  readonly info: SceneInfo;
  /** The level of the pack; there is no other. */
  readonly level: number;
  readonly safe: SafeVolume;
  readonly moves: readonly Move[];
  pack(): ArrayBuffer;
  /** The source photo at that level; null where the scene has none. */
  source(): Blob | null;
}

interface ExportedInfo extends SceneInfo {
  readonly exported: { readonly level: number; readonly safe: SafeVolume; readonly moves: readonly Move[] };
}

/** What of a document is used. */
export interface Embedding {
  getElementById(id: string): { readonly textContent: string | null } | null;
}

/** What a page carries; null for a page that came from a server. Throws Error, in one line, where parts are missing. */
export function exportedPage(page: Embedding = document): ExportedPage | null {
  const text = page.getElementById("relens-info")?.textContent;
  if (text == null) return null;
  const info = JSON.parse(text) as ExportedInfo;
  const { level, safe, moves } = info.exported;
  const packed = page.getElementById("relens-pack")?.textContent;
  if (packed == null) throw new Error("this file has no scene inside; export it again with relens export --html");
  const source = page.getElementById("relens-source")?.textContent ?? null;
  return {
    info, level, safe, moves,
    pack: () => bytesOfBase64(packed).buffer,
    source: () => (source === null ? null : new Blob([bytesOfBase64(source)], { type: "image/webp" })),
  };
}
