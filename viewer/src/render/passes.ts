/** Passes: drawings of whole pictures and rectangles, which is all that the viewer draws. */

import {
  BufferAttribute, BufferGeometry, Camera, GLSL3, Mesh, NoBlending, RawShaderMaterial, Scene,
  type IUniform, type WebGLRenderer, type WebGLRenderTarget,
} from "three";

const CAMERA = new Camera();
const QUAD = new BufferGeometry().setAttribute(
  "position",
  new BufferAttribute(new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, -1, 0, 1, 1, 0, -1, 1, 0]), 3),
);

export type Uniforms = Record<string, IUniform>;

/** A program and its uniforms. */
export function material(vertexShader: string, fragmentShader: string, uniforms: Uniforms): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader, fragmentShader, uniforms, depthTest: false, depthWrite: false, blending: NoBlending,
  });
}

/** Draw one or more materials, each once, into a target, or onto the canvas (null). */
export function draw(renderer: WebGLRenderer, target: WebGLRenderTarget | null, ...materials: readonly RawShaderMaterial[]): void {
  const scene = new Scene();
  for (const each of materials) {
    const mesh = new Mesh(QUAD, each);
    mesh.frustumCulled = false;
    scene.add(mesh);
  }
  renderer.setRenderTarget(target);
  renderer.render(scene, CAMERA);
  renderer.setRenderTarget(null);
}
