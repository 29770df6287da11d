/** The block whose colour looks most like a given one. */

import { checkInterrupt } from '../../interrupt.ts';
import { channels } from '../../volume/color.ts';

/** Lightness and two axes of colour of OKLab (https://bottosson.github.io/posts/oklab/). */
type Lab = readonly [number, number, number];

interface Candidate {
  readonly name: string;
  readonly lab: Lab;
}

const OPAQUE = 255;
/** A red wall should not become orange for being as bright: lightness counts half, as in CIE94. */
const LIGHTNESS = 0.5;

export class NearestBlock {
  readonly #opaque: Candidate[] = [];
  readonly #clear: Candidate[] = [];
  readonly #known = new Map<number, string | undefined>();

  /** Names with packed colours; of equally near ones the first is taken. */
  constructor(blocks: Iterable<readonly [name: string, rgba: number]>) {
    for (const [name, rgba] of blocks) {
      const alpha = rgba >>> 24;
      if (alpha === 0) continue;
      (alpha === OPAQUE ? this.#opaque : this.#clear).push({ name, lab: labOf(rgba) });
    }
  }

  /**
   * Of the blocks that one sees through for a colour that one does, else of the others; undefined
   * when there is none at all.
   */
  of(rgba: number): string | undefined {
    const known = this.#known.get(rgba);
    if (known !== undefined) return known;
    checkInterrupt();
    const [first, second] =
      rgba >>> 24 === OPAQUE ? [this.#opaque, this.#clear] : [this.#clear, this.#opaque];
    const name = nearest(first.length > 0 ? first : second, labOf(rgba));
    this.#known.set(rgba, name);
    return name;
  }
}

function nearest(candidates: readonly Candidate[], [l, a, b]: Lab): string | undefined {
  let [best, least]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const { name, lab } of candidates) {
    const distance = ((lab[0] - l) * LIGHTNESS) ** 2 + (lab[1] - a) ** 2 + (lab[2] - b) ** 2;
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

function labOf(rgba: number): Lab {
  const [r, g, b] = channels(rgba).map(linear) as [number, number, number, number];
  const l = Math.cbrt(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
  const m = Math.cbrt(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
  const s = Math.cbrt(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
  return [
    0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
    1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
    0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
  ];
}

/** Linear light of an sRGB byte. */
function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
