/** Path files: the YAML, or JSON, that `relens.path.read_path` reads. */

import { YAMLException } from "js-yaml";
import type { Wrong } from "../camera/framing";
import { checkedPath } from "./check";
import type { PathRecord } from "./path_record";
import { plainYaml, readPlainYaml } from "./plain_yaml";

/** What only the server makes a path of: nerfstudio's camera_path.json, and a ready-made move that a file names. */
export interface Foreign {
  readonly foreign: true;
}

const FOREIGN_KEYS = ["camera_path", "move"];
/** Keyframes and lenses as blocks, points in one line. */
const FLOW_LEVEL = 3;

/** The path of a file's text; or why there is none, in one line with the place. */
export function readPathFile(text: string): PathRecord | Wrong | Foreign {
  let content: unknown;
  try {
    content = parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // Its mark counts lines from 0.
    return { wrong: `line ${error.mark.line + 1}: this is not YAML: ${error.reason}` };
  }
  if (typeof content === "object" && content !== null && FOREIGN_KEYS.some((key) => Object.hasOwn(content, key))) {
    return { foreign: true };
  }
  return checkedPath(content);
}

/** A path as YAML, its keys in the order of `PathRecord`, that reads back equal here and in relens. */
export function writePathFile(record: PathRecord): string {
  const checked = checkedPath(record);
  if ("wrong" in checked) throw new Error(checked.wrong);
  return plainYaml(checked, FLOW_LEVEL);
}

/** JSON many times as fast as YAML, which it is too: other programs' files may be large. */
function parse(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return readPlainYaml(text);
  try {
    return JSON.parse(text);
  } catch {
    // It may be YAML that begins so; else this says on which line it is neither.
    return readPlainYaml(text.replaceAll("\t", " "));
  }
}
