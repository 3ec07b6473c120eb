/** Lens words: f-numbers and focal lengths as cameras show them, also those between the numbers while a path plays. */

/** "f/1.4", "f/0.95", "f/4.1", "f/11": to a hundredth under 2, to a tenth under 10. */
export function apertureText(f_number: number): string {
  return `f/${Number(f_number.toFixed(f_number < 2 ? 2 : f_number < 10 ? 1 : 0))}`;
}

/** "85 mm", "6.86 mm", "84.3 mm", "300 mm": to a hundredth under 10, to a tenth under 100. */
export function focalLengthText(focal_length_mm: number, unit = "mm"): string {
  return `${Number(focal_length_mm.toFixed(focal_length_mm < 10 ? 2 : focal_length_mm < 100 ? 1 : 0))} ${unit}`;
}
