/** The lens panel: presets, the pupil, the plane of focus, the glass, and whose field of view the picture has. */

import { SHAPED_BY_IMAGE } from "../lens/aperture";
import { RANGES, type LensNumber } from "../lens/lens";
import type { App } from "../state/app";
import { startView } from "../state/start_state";
import type { Framing, LensSettings } from "../state/view";
import { button, field, group, segmented, slider, toggle, type Slider, type SliderRange } from "./controls";
import { element } from "./element";
import { presetList } from "./preset_list";
import { pupilShape } from "./pupil_shape";

/** Names of sensor widths, millimetres. */
const SENSORS: readonly (readonly [number, string])[] = [
  [9.9, "Phone"], [17.3, "Four Thirds"], [23.5, "APS-C"], [36, "Full frame"], [43.8, "Medium format"], [56, "6 × 6"],
];

interface LensSlider {
  /** The settings it stands for. */
  readonly keys: readonly (keyof LensSettings)[];
  readonly slider: Slider;
  read(lens: LensSettings): number;
}

/** The panel. */
export function lensPanel(app: App): HTMLElement {
  const { store, info } = app;
  const setLens = (change: Partial<LensSettings>): void => {
    store.look({ lens: { ...store.get().view.lens, ...change } });
  };
  const sliders: LensSlider[] = [];
  const custom = (
    keys: readonly (keyof LensSettings)[], range: SliderRange, read: (lens: LensSettings) => number,
    write: (value: number) => Partial<LensSettings>,
  ): HTMLElement => {
    const made = slider(range, (value) => {
      setLens(write(value));
    });
    sliders.push({ keys, slider: made, read });
    return made.root;
  };
  const plain = (key: Exclude<LensNumber, "t_stop">, text: (value: number) => string, more: Partial<SliderRange> = {}): HTMLElement => {
    const { label, min, max, step, default: normal } = RANGES[key];
    return custom([key], { label, min, max, step, normal, text, ...more }, (lens) => lens[key], (value) => ({ [key]: value }));
  };

  const shape = pupilShape();
  const blades = custom(["blades"], {
    label: "Blades", min: 0, max: 14, step: 1, normal: 0, text: (at) => (at === 0 ? "none, a disc" : String(at + 2)),
  }, (lens) => Math.max(0, lens.blades - 2), (at) => ({ blades: at === 0 ? 0 : at + 2 }));
  const squeeze = custom(["squeeze"], {
    label: RANGES.squeeze.label, min: -2, max: 2, step: 0.05, normal: 0, text: (at) => `${round(2 ** at, 2)}×`,
  }, (lens) => Math.log2(lens.squeeze), (at) => ({ squeeze: round(2 ** at, 2) }));
  // Stops that the glass takes say more than the T-stop, which follows the f-number.
  const lost = custom(["t_stop"], {
    label: "Light lost in the glass", min: 0, max: 3, step: 0.1, normal: 0,
    text: (stops) => (stops === 0 ? "none" : `${round(stops, 1)} stops, T${round(store.get().view.lens.f_number * 2 ** (stops / 2), 1)}`),
  }, lostStops, (stops) => ({ t_stop: stops === 0 ? null : round(store.get().view.lens.f_number * 2 ** (stops / 2), 3) }));

  const vignetting = toggle("Corners darken", (on) => {
    setLens({ vignetting: on });
  });
  const breathing = toggle("Breathes as it focuses", (on) => {
    setLens({ breathing: on });
  });
  const framing = segmented<Framing>("Framing", [
    { value: "photo", text: "Photo", title: "The photo's own field of view; the lens brings its pupil" },
    { value: "lens", text: "Lens", title: "The lens's field of view, from the same place" },
    { value: "subject", text: "Subject", title: "The lens's field of view, from where the subject stays as large" },
  ], (value) => {
    store.look({ framing: value });
  });
  const sensor = element("select");
  sensor.addEventListener("change", () => {
    setLens({ sensor_width_mm: Number(sensor.value) });
  });
  const exposure = slider({
    label: "Exposure", min: -5, max: 5, step: 0.1, normal: 0, text: (stops) => `${stops > 0 ? "+" : ""}${round(stops, 2)} EV`,
  }, (exposure_ev) => {
    store.look({ exposure_ev });
  });
  const reset = button("Reset the lens", () => {
    const start = startView(info);
    const preset = info.presets.find(({ name }) => name === store.get().view.preset);
    store.look({ lens: preset?.lens ?? start.lens, preset: preset?.name ?? start.preset, framing: "photo", exposure_ev: 0 });
  }, { title: "Reset the lens to the preset as it is, the photo's framing and exposure" });

  const body = element("div", { class: "panel-body" },
    group("Preset", presetList(app)),
    group("Pupil", shape.root, blades,
      plain("curvature", percent), plain("rotation_deg", degrees), squeeze, plain("cats_eye", percent),
      plain("profile", (value) => (value === 0 ? "even" : value < 0 ? `creamy ${percent(-value)}` : `bubbly ${percent(value)}`))),
    group("Picture", framing.root, field("Sensor", sensor), exposure.root),
    group("Plane of focus", plain("tilt_deg", degrees, { min: -15, max: 15 }), plain("swing_deg", degrees, { min: -15, max: 15 })),
    group("Glass", plain("axial_colour", perMille), plain("lateral_colour", perMille), lost, vignetting.root, breathing.root),
    element("div", { class: "row" }, reset));

  const show = (): void => {
    const { view } = store.get();
    const { lens } = view;
    const shapedByImage = lens.image !== null;
    for (const one of sliders) {
      one.slider.show(one.read(lens));
      const taken = shapedByImage && one.keys.some((key) => SHAPED_BY_IMAGE.includes(key));
      one.slider.input.disabled = taken;
      one.slider.root.title = taken ? "The lens's aperture image decides this" : "";
    }
    vignetting.show(lens.vignetting);
    breathing.show(lens.breathing);
    framing.show(view.framing);
    showSensors(sensor, lens.sensor_width_mm);
    exposure.show(view.exposure_ev);
    shape.show(lens, info.presets.find(({ lens: { image } }) => image !== null && image === lens.image)?.pupil ?? null);
  };
  store.on((state, before) => {
    if (state.view.lens !== before.view.lens || state.view.framing !== before.view.framing
      || state.view.exposure_ev !== before.view.exposure_ev) show();
  });
  show();
  return body;
}

/** Stops between the f-number and the T-stop. */
function lostStops({ f_number, t_stop }: LensSettings): number {
  return t_stop === null ? 0 : round(2 * Math.log2(t_stop / f_number), 2);
}

function showSensors(select: HTMLSelectElement, width_mm: number): void {
  const known = SENSORS.some(([width]) => width === width_mm);
  const shown = known ? SENSORS : [...SENSORS, [width_mm, "Other"] as const];
  select.replaceChildren(...shown.map(([width, name]) =>
    element("option", { value: width, selected: width === width_mm }, `${name}, ${width} mm`)));
}

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}

function perMille(value: number): string {
  return value === 0 ? "none" : `${round(1e3 * value, 1)} ‰`;
}

function degrees(value: number): string {
  return `${round(value, 1)}°`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

