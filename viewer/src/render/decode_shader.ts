/** Decode shaders: a page's window as it travels becomes linear, premultiplied light and inverse depth in the atlas. */

/** Places a rectangle of the atlas; uRect is x, y, width, height in texels. */
export const RECT_VERTEX = /* glsl */ `
in vec3 position;
uniform vec4 uRect;
uniform vec2 uAtlas_px;
void main() {
  vec2 texel = uRect.xy + (0.5 * position.xy + 0.5) * uRect.zw;
  gl_Position = vec4(2.0 * texel / uAtlas_px - 1.0, 0.0, 1.0);
}
`;

/** Past the page's own edges it is held; past the window, but within the page, nothing is visible. */
const WINDOW = /* glsl */ `
precision highp float;
precision highp int;
uniform vec2 uCorner;     // the window's upper left texel in the atlas
uniform ivec2 uSize;      // of the window
uniform ivec4 uHeld;      // 1 where the window ends at the page's edge: left, top, right, bottom

ivec2 place(out bool outside) {
  ivec2 at = ivec2(floor(gl_FragCoord.xy - uCorner));
  outside = (at.x < 0 && uHeld.x == 0) || (at.y < 0 && uHeld.y == 0) || (at.x >= uSize.x && uHeld.z == 0) || (at.y >= uSize.y && uHeld.w == 0);
  return clamp(at, ivec2(0), uSize - 1);
}
`;

export const COLOUR_FRAGMENT = /* glsl */ `${WINDOW}
uniform highp sampler2D uCodes;
uniform highp sampler2D uAlpha;
uniform highp sampler2D uGain;
uniform float uGain_stops;
layout(location = 0) out vec4 light;

vec3 linear(vec3 code) {
  return mix(code / 12.92, pow((code + 0.055) / 1.055, vec3(2.4)), step(0.04045, code));
}

void main() {
  bool outside;
  ivec2 at = place(outside);
  float alpha = outside ? 0.0 : texelFetch(uAlpha, at, 0).r;
  float gain = exp2(texelFetch(uGain, at, 0).r * uGain_stops);
  light = vec4(linear(texelFetch(uCodes, at, 0).rgb) * (gain * alpha), alpha);
}
`;

/** Two halves keep 22 bits, and may be blended between texels on every card. */
export const DEPTH_FRAGMENT = /* glsl */ `${WINDOW}
uniform highp usampler2D uCodes;
uniform float uFar;
uniform float uStep;
layout(location = 0) out vec4 halves;

void main() {
  bool outside;
  float w = uFar + float(texelFetch(uCodes, place(outside), 0).r) * uStep;
  float high = unpackHalf2x16(packHalf2x16(vec2(w, 0.0))).x;
  halves = vec4(high, w - high, 0.0, 0.0);
}
`;
