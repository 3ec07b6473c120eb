/** Data textures: grids of bytes and pictures as they are, without any change of colour, order or size. */

import {
  DataTexture, NearestFilter, NoColorSpace, RedFormat, Texture, UnsignedByteType, type MagnificationTextureFilter,
} from "three";

/** One byte a texel, 0 to 255 read as 0 to 1; held past its edges. */
export function byteTexture(
  codes: Uint8Array<ArrayBuffer>, width: number, height: number, filter: MagnificationTextureFilter = NearestFilter,
): DataTexture {
  const texture = new DataTexture(codes, width, height, RedFormat, UnsignedByteType);
  texture.minFilter = texture.magFilter = filter;
  // Rows of any width.
  texture.unpackAlignment = 1;
  texture.needsUpdate = true;
  return texture;
}

/** A decoded picture, its first row first. */
export function imageTexture(image: ImageBitmap, filter: MagnificationTextureFilter = NearestFilter): Texture {
  const texture = new Texture(image as unknown as HTMLImageElement);
  texture.colorSpace = NoColorSpace;
  texture.flipY = false;
  texture.generateMipmaps = false;
  texture.minFilter = texture.magFilter = filter;
  texture.needsUpdate = true;
  return texture;
}
