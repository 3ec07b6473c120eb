/** Plain YAML: mappings, lists, text and numbers, as `relens.path.plain_yaml` reads them; JSON is YAML too. */

import { FAILSAFE_SCHEMA, Type, dump, load } from "js-yaml";

/** Numbers are those of YAML 1.2: 1e3 is one, 1:30 is text. */
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;
const NUMBERS: Readonly<Record<string, number>> = {
  ".inf": Infinity, "+.inf": Infinity, ".Inf": Infinity, "-.inf": -Infinity, "-.Inf": -Infinity, ".nan": NaN, ".NaN": NaN,
};
const TRUE = ["true", "True", "yes", "Yes", "on", "On"];
const FALSE = ["false", "False", "no", "No", "off", "Off"];

function isNumber(text: unknown): text is string {
  return typeof text === "string" && (NUMBER.test(text) || Object.hasOwn(NUMBERS, text));
}

const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    new Type("tag:yaml.org,2002:null", {
      kind: "scalar",
      resolve: (text: unknown) => text === null || ["", "~", "null", "Null"].includes(text as string),
      construct: () => null,
      predicate: (value: unknown) => value === null,
      represent: () => "null",
    }),
    new Type("tag:yaml.org,2002:bool", {
      kind: "scalar",
      resolve: (text: unknown) => [...TRUE, ...FALSE].includes(text as string),
      construct: (text: string) => TRUE.includes(text),
      predicate: (value: unknown) => typeof value === "boolean",
      represent: (value: unknown) => String(value),
    }),
    new Type("tag:yaml.org,2002:float", {
      kind: "scalar",
      resolve: isNumber,
      construct: (text: string) => NUMBERS[text] ?? Number(text),
      predicate: (value: unknown) => typeof value === "number",
      // The fewest digits that read back as the same number.
      represent: (value: unknown) => String(value),
    }),
  ],
});

/** The value that a text stands for. Throws YAMLException, with the line, for what is not YAML. */
export function readPlainYaml(text: string): unknown {
  return load(text, { schema: SCHEMA });
}

/** A value as JSON has them as YAML: mappings and lists as blocks, from the level `flowLevel` on each in one line. */
export function plainYaml(value: unknown, flowLevel: number): string {
  return dump(value, { schema: SCHEMA, flowLevel, lineWidth: -1, noRefs: true });
}
