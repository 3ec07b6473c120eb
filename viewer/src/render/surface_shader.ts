/** Surface shader: what the pinhole sees first, for overlays. */

import { marchShader } from "./march_shader";

export function surfaceShader(layers: number): string {
  return `${marchShader(layers)}
uniform mat3 uPinhole;
uniform vec3 uEye_m;

layout(location = 0) out vec4 surface;  // inverse depth from the camera, layer + 1 (0: nothing), place in the photo

void main() {
  vec3 direction = uPinhole * vec3(gl_FragCoord.xy, 1.0);
  surface = vec4(-1.0, 0.0, 0.0, 0.0);
  if (direction.z <= 1e-9) return;
  Ray ray = rayOf(uEye_m, direction, 0.0);
  Met found = marched(ray, tileAt(gl_FragCoord.xy));
  if (found.layer < 0) return;
  float w = found.w;
  float towards = dot(uAxis, vec3(direction.xy / direction.z, 1.0));
  float inverse = w / max(towards * (1.0 - uEye_m.z * w), 1e-9);
  surface = vec4(inverse, float(found.layer + 1), ray.start + w * ray.slope);
}
`;
}
