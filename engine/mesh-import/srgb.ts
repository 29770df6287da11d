/** Between sRGB bytes and linear light (IEC 61966-2-1). */

function fromSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toSrgb(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** Linear light of each sRGB byte. */
export const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => fromSrgb(byte / 255));

/** The sRGB byte of a linear value, 0…1; others are clamped. */
export function srgbByte(linear: number): number {
  if (!(linear > 0)) return 0;
  return linear >= 1 ? 255 : Math.round(toSrgb(linear) * 255);
}

/** A fraction as a byte; what is outside 0…1 is clamped. */
export function unitByte(value: number): number {
  if (!(value > 0)) return 0;
  return value >= 1 ? 255 : Math.round(value * 255);
}

/** The product of two colours in linear light, as glTF multiplies; alphas multiply plainly. */
export function multiplied(a: number, b: number): number {
  if (a === 0xffff_ffff) return b;
  if (b === 0xffff_ffff) return a;
  let product = Math.round(((a >>> 24) * (b >>> 24)) / 255) << 24;
  for (let shift = 0; shift < 24; shift += 8) {
    product |= srgbByte(LINEAR[(a >>> shift) & 255]! * LINEAR[(b >>> shift) & 255]!) << shift;
  }
  return product >>> 0;
}
