/** The controls that panels are built of; style/controls.css says how they look. */

import { element, type Child } from "./element";

/** A part of a panel with a title. */
export function group(title: string, ...children: readonly Child[]): HTMLElement {
  return element("section", { class: "group", "aria-label": title }, element("h3", { class: "group-title" }, title), ...children);
}

export interface ButtonLook {
  /** Classes of controls.css besides "button": primary, quiet, icon, wrong. */
  readonly look?: string;
  /** What screen readers say and the tooltip shows, where the text alone does not say it; with the text in it, for who speaks it. */
  readonly title?: string;
  readonly icon?: SVGElement;
}

/** A button; `text` may be empty where there is an icon and a title. */
export function button(text: string, press: () => void, { look = "", title, icon }: ButtonLook = {}): HTMLButtonElement {
  const made = element("button", {
    type: "button", class: `button ${look}`.trim(), title: title ?? null, "aria-label": title ?? null,
  }, icon ?? null, text === "" ? null : text);
  made.addEventListener("click", press);
  return made;
}

export interface Slider {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  /** Show a value that came from elsewhere. */
  show(value: number): void;
}

export interface SliderRange {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words, with its unit. */
  readonly text: (value: number) => string;
  /** Where a double click goes. */
  readonly normal: number;
}

let made = 0;

/** A unique id, for labels. */
export function nextId(name: string): string {
  made += 1;
  return `${name}-${made}`;
}

/** A range with its label and its value in words; a double click brings back the normal value. */
export function slider({ label, min, max, step, text, normal }: SliderRange, change: (value: number) => void): Slider {
  const id = nextId("slider");
  const input = element("input", { type: "range", id, min, max, step });
  // The range says its value itself.
  const output = element("output", { for: id, "aria-live": "off", "aria-hidden": "true" });
  const show = (value: number): void => {
    input.value = String(value);
    const words = text(value);
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
    input.style.setProperty("--filled", `${(100 * (Math.min(max, Math.max(min, value)) - min)) / (max - min)}%`);
  };
  input.addEventListener("input", () => {
    change(input.valueAsNumber);
  });
  input.addEventListener("dblclick", () => {
    change(normal);
  });
  return { root: element("div", { class: "slider" }, element("label", { for: id }, label), output, input), input, show };
}

export interface Choice<Value> {
  readonly root: HTMLElement;
  show(value: Value): void;
  /** Forbid a value and say why, or allow it with null. */
  forbid(value: Value, reason: string | null): void;
}

export interface Option<Value> {
  readonly value: Value;
  readonly text: string;
  readonly title?: string;
}

/** Buttons of which one is chosen; the arrow keys choose, as in every radio group. */
export function segmented<Value extends string>(
  label: string, options: readonly Option<Value>[], change: (value: Value) => void,
): Choice<Value> {
  const buttons = new Map<Value, HTMLButtonElement>();
  const root = element("div", { class: "segmented", role: "radiogroup", "aria-label": label });
  const choose = (value: Value): void => {
    if (buttons.get(value)?.getAttribute("aria-disabled") !== "true") change(value);
  };
  for (const { value, text, title } of options) {
    const one = element("button", { type: "button", role: "radio", "aria-checked": "false", title: title ?? null }, text);
    one.addEventListener("click", () => {
      choose(value);
    });
    buttons.set(value, one);
    root.append(one);
  }
  root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const allowed = options.filter(({ value }) => buttons.get(value)?.getAttribute("aria-disabled") !== "true");
    const at = allowed.findIndex(({ value }) => buttons.get(value) === document.activeElement);
    const next = allowed[(at + step + allowed.length) % allowed.length].value;
    buttons.get(next)?.focus();
    choose(next);
  });
  return {
    root,
    show(value) {
      for (const [name, one] of buttons) {
        one.setAttribute("aria-checked", String(name === value));
        one.tabIndex = name === value ? 0 : -1;
      }
    },
    forbid(value, reason) {
      const one = buttons.get(value);
      if (one === undefined) return;
      one.setAttribute("aria-disabled", String(reason !== null));
      one.title = reason ?? options.find((option) => option.value === value)?.title ?? "";
    },
  };
}

export interface Switch {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  show(on: boolean): void;
}

/** A switch with its label. */
export function toggle(label: string, change: (on: boolean) => void): Switch {
  const input = element("input", { type: "checkbox", role: "switch" });
  input.addEventListener("change", () => {
    change(input.checked);
  });
  return {
    root: element("label", { class: "switch" }, label, input),
    input,
    show(on) {
      input.checked = on;
    },
  };
}

/** A label over an input, a select or a text area. */
export function field(label: string, control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): HTMLElement {
  if (control.id === "") control.id = nextId("field");
  return element("div", { class: "field" }, element("label", { for: control.id }, label), control);
}
