/**
 * March shader: a lens ray on its way through the layers.
 *
 * In the photo's (column, row, inverse depth) space every ray is a straight line, start + w * slope (docs/conventions.md,
 * `relens.render.rays`). A tile's table says which layers it can meet and where; there it is walked in small steps, or,
 * where the surface is flat for the ray, solved at once. Layers are taken nearest first, ray by ray, so that they may
 * interleave. Closest literature: Policarpo, Oliveira and Comba, Real-Time Relief Mapping, 2005; Lee, Eisemann and
 * Seidel, Real-Time Lens Blur Effects and Focus Control, 2010.
 *
 * A sample of a pixel that sees one flat, opaque surface costs two reads of depth and one of colour.
 */

import { COARSEST } from "../scene/atlas_layout";

/** Texels of a ray's way that one step covers. */
const STEP_PX = 1;
const MOST_STEPS = 96;
/** Levels blended are softer than a pixel's own mean would be; read this much finer they are as sharp. */
const SHARPER = 0.7;
/** What is less clear than this shows nothing behind it. */
const OPAQUE = 1 / 512;

export function marchShader(layers: number): string {
  return /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;

const int LAYERS = ${layers};

uniform sampler2D uColour;       // linear light, premultiplied; levels are 2 x 2 means
uniform sampler2D uDepth;        // inverse depth, its two halves summed
uniform sampler2D uTiles;        // offset and count of entries, circle of confusion
uniform sampler2D uEntries;      // layer, nearest and farthest inverse depth, how it is met; nearest first
uniform vec4 uWindow[LAYERS];    // left and top of the window, and where that is in the atlas
uniform vec4 uRect[LAYERS];      // the layer's rectangle of the atlas
uniform vec4 uPhoto;             // fx, fy, cx, cy of the photo, in texels
uniform vec3 uAxis;              // the camera's axis in the world, and how far ahead of the photo it stands
uniform float uAhead_m;
uniform float uBlur_px_m;        // texels of blur for each 1/m out of focus
uniform float uTexels;           // texels for each pixel of the sum
uniform float uTilePixels;       // pixels of the sum for each tile
uniform sampler2D uStroke;       // a stroke under way, over the window of its layer
uniform int uStrokeLayer;
uniform vec4 uStrokeColour;      // linear light and opacity

/** Width of a sample's share of the blur disc, over the disc's; 0 for a pinhole. */
float share = 0.0;

struct Ray {
  vec2 start;      // photo texels at inverse depth 0
  vec2 slope;      // texels for each 1/m
  float near;      // where it begins, 1/m
  float focus;     // what is in focus (InFocus in scene/tiles.ts), 1/m
  float stretch;
};

/** How far out of focus an inverse depth is, 1/m. */
float blur(Ray ray, float w) { return abs(w * ray.stretch - ray.focus); }

vec4 tileAt(vec2 pixel) { return texelFetch(uTiles, ivec2(pixel / uTilePixels), 0); }

vec4 entryAt(int index) {
  int columns = textureSize(uEntries, 0).x;
  return texelFetch(uEntries, ivec2(index % columns, index / columns), 0);
}

/** Where in the atlas a place of the photo's grid lies, kept inside the layer's rectangle. */
vec2 inAtlas(vec2 at, int layer, float edge) {
  vec4 rect = uRect[layer];
  return clamp(at + uWindow[layer].zw, rect.xy + edge, rect.xy + rect.zw - edge);
}

float depthAt(vec2 at, int layer) {
  vec2 halves = textureLod(uDepth, inAtlas(at, layer, 0.5) / vec2(textureSize(uDepth, 0)), 0.0).rg;
  return halves.r + halves.g;
}

/** Where, in small steps from near to far, a ray goes through a layer from the front; before: the gap at near. */
float walked(Ray ray, int layer, float near, float far, float before) {
  float steps = min(ceil(length(ray.slope) * (near - far) / ${STEP_PX.toFixed(1)}), ${MOST_STEPS}.0);
  float width = (near - far) / steps;
  for (float step = 1.0; step <= steps; step++) {
    float w = near - step * width;
    float gap = depthAt(ray.start + w * ray.slope, layer) - w;
    if (before < 0.0 && gap >= 0.0) return w + width * gap / max(gap - before, 1e-12);
    before = gap;
  }
  return -1.0;
}

/** Where, on the way from near to far, a ray first goes through a layer from the front; -1 for nowhere. */
float met(Ray ray, int layer, float near, float far, float meeting) {
  float margin = 1e-4 * (near - far) + 1e-6;
  near = min(near + margin, ray.near);
  far -= margin;
  if (near <= far) return -1.0;
  float steps = ceil(length(ray.slope) * (near - far) / ${STEP_PX.toFixed(1)});
  if (meeting > 1.5 || steps <= 1.0) {
    float w = depthAt(ray.start + 0.5 * (near + far) * ray.slope, layer);
    w = depthAt(ray.start + w * ray.slope, layer);
    return w > ray.near ? -1.0 : w;
  }
  float before = depthAt(ray.start + near * ray.slope, layer) - near;
  if (meeting > 0.5) {
    // The gap only grows along the way: regula falsi.
    float after = depthAt(ray.start + far * ray.slope, layer) - far;
    if (before > 0.0 || after < 0.0) return -1.0;
    float w = far + (near - far) * after / max(after - before, 1e-12);
    if (steps > 2.0) {
      float gap = depthAt(ray.start + w * ray.slope, layer) - w;
      if (gap < 0.0) { near = w; before = gap; } else { far = w; after = gap; }
      w = far + (near - far) * after / max(after - before, 1e-12);
    }
    return depthAt(ray.start + w * ray.slope, layer);
  }
  return walked(ray, layer, near, far, before);
}

/** The layer's colour where a ray meets it, as wide as the ray's share of the blur. */
vec4 seen(int layer, Ray ray, float w) {
  vec2 at = ray.start + w * ray.slope;
  float width_px = max(${SHARPER} * uTexels, share * uBlur_px_m * blur(ray, w));
  float level = clamp(log2(max(width_px, 1.0)), 0.0, ${COARSEST}.0);
  vec4 colour = textureLod(uColour, inAtlas(at, layer, 0.5 * exp2(ceil(level))) / vec2(textureSize(uColour, 0)), level);
  if (layer == uStrokeLayer) {
    float paint = uStrokeColour.a * texture(uStroke, (at - uWindow[layer].xy) / vec2(textureSize(uStroke, 0))).r;
    colour.rgb = mix(colour.rgb, uStrokeColour.rgb * colour.a, paint);
  }
  return colour;
}

struct Met {
  vec4 light;    // premultiplied
  float w;       // inverse depth at which half of the ray is stopped; -1 for nowhere
  int layer;     // which layer did; -1 for none
};

/** Whether a layer shows nothing on the way from near to far; a coarse level of its colours knows. */
bool isClear(Ray ray, int layer, float near, float far) {
  float read_px = share * uBlur_px_m * max(blur(ray, near), blur(ray, far));
  float way_px = length(ray.slope) * (near - far) + 4.0 * max(read_px, uTexels) + 2.0;
  float level = ceil(log2(way_px));
  if (level > ${COARSEST}.0) return false;
  vec2 middle = inAtlas(ray.start + 0.5 * (near + far) * ray.slope, layer, 0.5 * exp2(level));
  return textureLod(uColour, middle / vec2(textureSize(uColour, 0)), level).a <= 0.0;
}

Met marched(Ray ray, vec4 tile) {
  Met found = Met(vec4(0.0), -1.0, -1);
  if (tile.y < 0.5) return found;
  vec4 entry = entryAt(int(tile.x));
  int layers[LAYERS];   // entries begun, the inverse depth of their next meeting, and where they end
  float key[LAYERS];
  float last[LAYERS];
  int begun = 0;
  int next = 0;
  int count = int(tile.y);
  float clear = 1.0;
  for (int turn = 0; turn < 6 * LAYERS; turn++) {
    int nearest = -1;
    float w = -1.0;
    for (int i = 0; i < begun; i++) if (key[i] > w) { w = key[i]; nearest = i; }
    // What may lie before the nearest meeting is looked at first.
    if (next < count && entry.y >= w) {
      layers[begun] = int(entry.x);
      last[begun] = entry.w > 0.5 ? 1e9 : entry.z;
      bool isNothing = entry.w < 0.5 && isClear(ray, layers[begun], entry.y, entry.z);
      key[begun] = isNothing ? -1.0 : met(ray, layers[begun], entry.y, entry.z, entry.w);
      begun++;
      next++;
      if (next < count) entry = entryAt(int(tile.x) + next);
      continue;
    }
    if (nearest < 0) break;
    vec4 colour = seen(layers[nearest], ray, w);
    found.light += clear * colour;
    float left = clear * (1.0 - colour.a);
    if (clear > 0.5 && left <= 0.5) {
      found.w = w;
      found.layer = layers[nearest];
    }
    clear = left;
    if (clear < ${OPAQUE}) break;
    // The ray is behind a folded surface now; once it has come out again, it may be met once more.
    bool folded = (w - last[nearest]) * length(ray.slope) > 2.0 * ${STEP_PX.toFixed(1)};
    folded = folded && !isClear(ray, layers[nearest], w, last[nearest]);
    key[nearest] = folded ? walked(ray, layers[nearest], w, last[nearest], 1.0) : -1.0;
  }
  return found;
}

/** The line of the ray from origin_m along direction; it begins where the eye is. plane: the inverse depth in focus. */
Ray rayOf(vec3 origin_m, vec3 direction, float plane) {
  vec2 towards = direction.xy / direction.z;
  vec2 start = uPhoto.xy * towards + uPhoto.zw;
  vec2 slope = uPhoto.xy * (origin_m.xy - origin_m.z * towards);
  float focus = plane * dot(uAxis, vec3(towards, 1.0));
  return Ray(start, slope, origin_m.z > 0.0 ? 1.0 / (origin_m.z + 1e-6) : 1e9, focus, 1.0 + uAhead_m * focus);
}
`;
}

