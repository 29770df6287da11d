/**
 * Hue, lightness, saturation and contrast of a colour, as Goxel's filter "Adjust Colors" changes
 * them: HSL in float32 on the sRGB bytes, back to bytes by truncation, then contrast in linear
 * light.
 */

const f32 = Math.fround;

export interface ColorAdjustment {
  /** Degrees, -180…180. */
  readonly hue: number;
  /** -100…100, as the three that follow. */
  readonly lightness: number;
  readonly saturation: number;
  readonly contrast: number;
}

/** A packed colour adjusted; its alpha stays. Even an adjustment by 0 changes some by 1. */
export function adjustColor(rgba: number, adjustment: ColorAdjustment): number {
  const bytes = [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff];
  const [h, s, l] = toHsl(bytes);
  const hue = wrapped(f32(h + f32(adjustment.hue)));
  const saturation = shifted(s, adjustment.saturation);
  const lightness = shifted(l, adjustment.lightness);
  const turned = fromHsl(hue, saturation, lightness);
  const [red, green, blue] = turned.map((byte) => contrasted(byte, adjustment.contrast));
  return (red! | (green! << 8) | (blue! << 16) | (rgba & 0xff00_0000)) >>> 0;
}

/** A share moved toward 1 by a positive percentage, toward 0 by a negative one. */
function shifted(share: number, percent: number): number {
  const part = f32(Math.abs(percent) / 100);
  const goal = percent >= 0 ? 1 : 0;
  // The sum is rounded once.
  return f32(share + (goal - share) * part);
}

/** An angle brought into 0…360. */
function wrapped(degrees: number): number {
  const rest = f32(degrees % 360);
  return rest < 0 ? f32(rest + 360) : rest;
}

/** Hue in degrees, saturation and lightness as shares, of three sRGB bytes. */
function toHsl(bytes: readonly number[]): [hue: number, saturation: number, lightness: number] {
  const [r, g, b] = bytes.map((byte) => f32(byte / 255)) as [number, number, number];
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  const chroma = f32(high - low);
  const lightness = f32(f32(high + low) / 2);
  if (chroma === 0) return [0, 0, lightness];
  const span = lightness > 0.5 ? f32(f32(2 - high) - low) : f32(high + low);
  const saturation = f32(chroma / span);
  let sixth: number;
  if (high === r) sixth = f32(f32(g - b) / chroma);
  else if (high === g) sixth = f32(f32(f32(b - r) / chroma) + 2);
  else sixth = f32(f32(f32(r - g) / chroma) + 4);
  if (sixth < 0) sixth = f32(sixth + 6);
  return [f32(sixth * 60), saturation, lightness];
}

/** Three sRGB bytes, truncated. */
function fromHsl(hue: number, saturation: number, lightness: number): number[] {
  const chroma = f32(f32(1 - Math.abs(f32(f32(2 * lightness) - 1))) * saturation);
  const sixth = f32(hue / 60);
  // Rounded once, unlike the rest.
  const second = f32(chroma * (1 - Math.abs((sixth % 2) - 1)));
  const base = f32(lightness - f32(chroma / 2));
  const shares = [
    [chroma, second, 0],
    [second, chroma, 0],
    [0, chroma, second],
    [0, second, chroma],
    [second, 0, chroma],
    [chroma, 0, second],
  ][Math.floor(sixth) % 6]!;
  return shares.map((share) =>
    Math.min(255, Math.max(0, Math.trunc(f32(f32(share + base) * 255)))),
  );
}

/** An sRGB byte with its distance from the middle of linear light stretched by a percentage. */
function contrasted(byte: number, percent: number): number {
  const linear = toLinear(f32(byte / 255));
  const factor = f32(1 + f32(percent / 100));
  const stretched = f32(f32(f32(linear - 0.5) * factor) + 0.5);
  return Math.round(f32(toSrgb(Math.min(1, Math.max(0, stretched))) * 255));
}

/** The transfer function of sRGB (IEC 61966-2-1) from a coded share to linear light. */
function toLinear(share: number): number {
  if (share <= f32(0.04045)) return f32(share / f32(12.92));
  return f32(f32(f32(share + f32(0.055)) / f32(1.055)) ** f32(2.4));
}

/** Its inverse. */
function toSrgb(linear: number): number {
  if (linear <= f32(0.0031308)) return f32(linear * f32(12.92));
  return f32(f32(f32(1.055) * f32(linear ** f32(1 / 2.4))) - f32(0.055));
}
