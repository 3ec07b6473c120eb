/** Present shader: from summed light to the screen: exposure, the display's curve, overlays, the source photo beside. */

export const PRESENT_FRAGMENT = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;

uniform sampler2D uSum;        // light and weight
uniform vec3 uBalance;         // what each colour's weights sum to, over the mean weight's
uniform vec2 uCanvas_px;
uniform float uGain;           // exposure, glass
uniform sampler2D uPassed;     // what the barrel's rim lets through
uniform bool uVignetting;
uniform sampler2D uSource;
uniform float uCompare;        // columns left of this show the source photo; below 0 for none
uniform vec4 uSourceView;      // scale and offset from the canvas to the source photo, both 0 to 1
uniform int uOverlay;          // 0 none, 1 peaking, 2 circle of confusion, 3 depth, 4 layers, 5 uncertainty
uniform sampler2D uSurface;
uniform sampler2D uUncertainty;
uniform vec3 uFocus;           // inverse depth of the plane of focus at (column, row, 1)
uniform float uCoc_px_m;       // circle of confusion, pixels of the canvas for each 1/m
uniform float uSharp_px;
uniform vec2 uRange;           // least and greatest inverse depth
uniform vec2 uPhoto_px;

layout(location = 0) out vec4 colour;

vec3 lightAt(ivec2 at) {
  vec4 sum = texelFetch(uSum, clamp(at, ivec2(0), textureSize(uSum, 0) - 1), 0);
  return sum.a > 0.0 ? sum.rgb / (sum.a * uBalance) : vec3(0.0);
}

/** Float textures are not blended between texels on every card. */
vec3 light(vec2 pixel) {
  vec2 size = vec2(textureSize(uSum, 0));
  if (size == uCanvas_px) return lightAt(ivec2(pixel));
  vec2 at = pixel / uCanvas_px * size - 0.5;
  ivec2 first = ivec2(floor(at));
  vec2 share = at - floor(at);
  vec3 above = mix(lightAt(first), lightAt(first + ivec2(1, 0)), share.x);
  vec3 below = mix(lightAt(first + ivec2(0, 1)), lightAt(first + 1), share.x);
  return mix(above, below, share.y);
}

vec3 encoded(vec3 linear) {
  vec3 within = clamp(linear, 0.0, 1.0);
  return mix(within * 12.92, 1.055 * pow(within, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, within));
}

/** Turbo's cousin with even lightness steps: dark blue, teal, green, yellow, red. */
vec3 heat(float t) {
  t = clamp(t, 0.0, 1.0);
  vec3 low = mix(vec3(0.10, 0.12, 0.35), vec3(0.05, 0.55, 0.60), smoothstep(0.0, 0.33, t));
  vec3 high = mix(vec3(0.95, 0.85, 0.25), vec3(0.85, 0.15, 0.10), smoothstep(0.66, 1.0, t));
  return mix(low, high, smoothstep(0.33, 0.66, t));
}

vec3 hue(float number) {
  vec3 phase = fract(number * 0.381966 + vec3(0.0, 0.667, 0.333));
  return clamp(abs(phase * 6.0 - 3.0) - 1.0, 0.0, 1.0);
}

float luma(vec3 code) { return dot(code, vec3(0.2126, 0.7152, 0.0722)); }

vec3 overlaid(vec3 code, vec2 pixel) {
  vec4 surface = texelFetch(uSurface, ivec2(pixel / uCanvas_px * vec2(textureSize(uSurface, 0))), 0);
  if (surface.y < 0.5) return mix(code, vec3(0.4), 0.5);
  float coc_px = uCoc_px_m * abs(surface.x - dot(uFocus, vec3(pixel, 1.0)));
  float grey = luma(code);
  if (uOverlay == 1) {
    float across = luma(encoded(light(pixel + vec2(1.0, 0.0)))) - luma(encoded(light(pixel - vec2(1.0, 0.0))));
    float down = luma(encoded(light(pixel + vec2(0.0, 1.0)))) - luma(encoded(light(pixel - vec2(0.0, 1.0))));
    float edge = smoothstep(0.02, 0.10, length(vec2(across, down)));
    float sharp = 1.0 - smoothstep(uSharp_px, 2.0 * uSharp_px, coc_px);
    return mix(mix(code, vec3(grey), 0.35), vec3(1.0, 0.25, 0.1), edge * sharp);
  }
  if (uOverlay == 2) {
    vec3 tint = heat(log2(1.0 + coc_px) / 7.0);
    // A line wherever the blur has doubled.
    float doubled = abs(fract(log2(max(coc_px, 0.25)) + 0.5) - 0.5);
    float line = 1.0 - smoothstep(0.0, 0.03, doubled);
    vec3 shown = mix(tint, vec3(grey), 0.35);
    return coc_px <= uSharp_px ? mix(code, vec3(0.2, 0.9, 0.4), 0.35) : mix(shown, vec3(1.0), 0.6 * line);
  }
  if (uOverlay == 3) return vec3(heat((surface.x - uRange.x) / max(uRange.y - uRange.x, 1e-6)));
  if (uOverlay == 4) return mix(vec3(grey), hue(surface.y), 0.55);
  float sigma = texture(uUncertainty, surface.zw / uPhoto_px).r;
  return mix(vec3(grey), heat(sigma), 0.7);
}

/** Interleaved gradient noise against bands, under half a step. Source: Jimenez, SIGGRAPH 2014. */
float dither(vec2 pixel) { return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715)))) - 0.5; }

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, uCanvas_px.y - gl_FragCoord.y);
  vec2 share = pixel / uCanvas_px;
  vec3 linear = light(pixel) * uGain;
  if (uVignetting) linear *= texture(uPassed, share).r;
  vec3 code = encoded(linear);
  if (uOverlay > 0) code = overlaid(code, pixel);
  if (pixel.x < uCompare) code = texture(uSource, share * uSourceView.xy + uSourceView.zw).rgb;
  colour = vec4(code + dither(pixel) / 255.0, 1.0);
}
`;
