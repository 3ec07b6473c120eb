/** Accumulate shader: some lens samples of every pixel, added to those before. */

import { marchShader } from "./march_shader";

/** Lens samples that one drawing takes at most. */
export const BATCH = 8;
/** Samples share the disc of blur as if there were this many, at least. */
const FEWEST_SHARES = 8;

export const FULL_SCREEN_VERTEX = /* glsl */ `
in vec3 position;
void main() { gl_Position = vec4(position.xy, 0.0, 1.0); }
`;

/** channels: 3 where each colour has a ray of its own, else 1. */
export function accumulateShader(layers: number, channels: 1 | 3): string {
  return `${marchShader(layers)}
const int CHANNELS = ${channels};

uniform sampler2D uSum;
uniform int uFirst;                            // samples taken before
uniform int uCount;
uniform float uSamples;                        // of the whole picture
uniform vec2 uNeeded;                          // samples for each square pixel of blur, and the fewest
uniform mat3 uDirection[${BATCH * channels}];  // (column, row, 1) of the picture to the ray's direction
uniform vec3 uOrigin_m[${BATCH * channels}];
uniform vec3 uWeight[${BATCH}];
uniform vec2 uPupil[${BATCH}];                 // in pupil radii; beyond 1e3 where the rim never cuts
uniform vec3 uFocus;                           // inverse depth in focus at (column, row, 1)
uniform vec3 uField;                           // cx, cy and what a pixel moves the barrel's rim

layout(location = 0) out vec4 sum;

void main() {
  vec2 pixel = gl_FragCoord.xy;
  sum = uFirst > 0 ? texelFetch(uSum, ivec2(pixel), 0) : vec4(0.0);
  vec4 tile = tileAt(pixel);
  // A small disc of blur needs few samples.
  float needed = max(uNeeded.y, uNeeded.x * tile.z * tile.z);
  vec2 field = (pixel - uField.xy) * uField.z;
  float focus = dot(uFocus, vec3(pixel, 1.0));
  for (int sample_ = 0; sample_ < ${BATCH}; sample_++) {
    float taken = float(uFirst + sample_);
    if (sample_ >= uCount || taken >= needed) break;
    // By the sample alone, so that a picture is the same however fast it came; the first ones are wide, and smooth.
    share = inversesqrt(min(uSamples, max(${FEWEST_SHARES}.0, 2.0 * (taken + 1.0))));
    vec2 rim = uPupil[sample_] + field;
    if (uPupil[sample_].x < 1e3 && dot(rim, rim) > 1.0) continue;
    vec3 light = vec3(0.0);
    for (int channel = 0; channel < CHANNELS; channel++) {
      int index = sample_ * CHANNELS + channel;
      vec3 direction = uDirection[index] * vec3(pixel, 1.0);
      if (direction.z <= 1e-9) continue;
      vec3 colour = marched(rayOf(uOrigin_m[index], direction, focus), tile).light.rgb;
      if (CHANNELS == 1) light = colour;
      else light[channel] = colour[channel];
    }
    sum += vec4(light * uWeight[sample_], dot(uWeight[sample_], vec3(1.0 / 3.0)));
  }
}
`;
}
