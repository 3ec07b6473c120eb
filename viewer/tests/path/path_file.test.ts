import { describe, expect, it } from "vitest";

import { readPathFile, writePathFile } from "../../src/path/path_file";
import type { PathRecord } from "../../src/path/path_record";
import { golden } from "../golden/paths_golden";

const ONE = { at_s: 0, hold_s: 1 };
/** Numbers and words that YAML could take for something else. */
const ODD: PathRecord[] = [
  ...["yes", "null", "1.2", "1e3", "~", "", " a", "a ", "a: b", "a #b", "- a", "[a", "'a'", '"', "ä", "a\nb", "1_000", "0x10"]
    .map((lens) => ({ keyframes: [ONE], lens })),
  ...["1.2", "1200,800", ".5m", "INF"].map((focus) => ({ keyframes: [{ ...ONE, focus }] })),
  ...[1e-7, 1e21, 123456789.125, 0.1 + 0.2, 5e-324].map((zoomed) => ({ keyframes: [{ ...ONE, f_number: zoomed }] })),
  { keyframes: [ONE], lens: { focal_length_mm: 50, f_number: 2, breathing: true, t_stop: null, image: null } },
];

describe("writePathFile", () => {
  const all = [...golden.paths, ...ODD.map((record) => ({ name: null, record }))];

  it("writes what reads back equal", () => {
    for (const { record } of all) expect(readPathFile(writePathFile(record))).toEqual(record);
  });

  it("writes the texts that relens reads in its own tests (vitest -u keeps new ones)", async () => {
    const written = all.map(({ name, record }) => JSON.stringify({ name, record, text: writePathFile(record) }));
    await expect(`[\n${written.join(",\n")}\n]\n`).toMatchFileSnapshot("../golden/written_paths.json");
  });

  it("writes as a person would", () => {
    const path: PathRecord = {
      fps: 24, lens: "85mm-f1.4-9blade",
      keyframes: [
        { focus: "1200,800", eye_m: [-0.01, 0, 0], at_s: 0, ease: [0.6, 0, 0.2, 1] },
        { at_s: 1.5, focus: "1.2", f_number: 2, ease: "in-out", exposure_ev: -0.5 },
      ],
    };
    expect(writePathFile(path)).toBe(
      [
        "keyframes:", "  - at_s: 0", "    eye_m: [-0.01, 0, 0]", "    focus: 1200,800", "    ease: [0.6, 0, 0.2, 1]",
        "  - at_s: 1.5", "    focus: '1.2'", "    exposure_ev: -0.5", "    ease: in-out", "    f_number: 2",
        "lens: 85mm-f1.4-9blade", "fps: 24", "",
      ].join("\n"),
    );
  });
});

describe("readPathFile", () => {
  it("reads numbers and words as relens does", () => {
    const text = "\uFEFFkeyframes: # two\n- {hold_s: 1e0, focus: .inf}\nlens: {breathing: Yes, focal_length_mm: +35., t_stop: ~}";
    expect(readPathFile(text)).toEqual({
      keyframes: [{ hold_s: 1, focus: "inf" }], lens: { breathing: true, focal_length_mm: 35, t_stop: null },
    });
    expect(readPathFile('{"keyframes": [{"hold_s": 1}]}')).toEqual({ keyframes: [{ hold_s: 1 }] });
    expect(readPathFile("{\tkeyframes: [{hold_s: 1}]}")).toEqual({ keyframes: [{ hold_s: 1 }] });
    expect(readPathFile("keyframes:\n- hold_s: 1_0")).toEqual({
      wrong: 'keyframes[0].hold_s: found "1_0"; expected seconds, 0 or more',
    });
  });

  it("leaves to the server what only that can read", () => {
    expect(readPathFile('{"camera_path": [{"camera_to_world": [1], "fov": 50}]}')).toEqual({ foreign: true });
    expect(readPathFile("move: orbit\nseconds: 6")).toEqual({ foreign: true });
  });

  it("says in one line, and on which, what is no YAML or has a key twice", () => {
    const wrong = (text: string): unknown => (readPathFile(text) as { wrong?: string }).wrong;
    expect(wrong("keyframes:\n  - [")).toMatch(/^line \d: this is not YAML: [^\n]+$/);
    expect(wrong("keyframes:\n  - at_s: 0\n    at_s: 1")).toMatch(/^line 3: this is not YAML: duplicated/);
    expect(wrong("fps: !!js/function x")).toMatch(/^line 1: this is not YAML: /);
    expect(wrong("")).toBe("found nothing; expected keyframes: and a list of them");
  });
});
