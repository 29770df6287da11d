/** Values of older configurations, made such that a key of today takes them. */

import { expandPath, PathError } from '../paths.ts';
import { SETTINGS, type Setting } from '../settings.ts';

export type Fitted =
  | { readonly value: unknown; readonly note?: string }
  /** Why the key cannot have the value. */
  | { readonly refused: string };

/** @param written what stood in the file, of a scalar that is no text */
export function fit(
  key: string,
  value: unknown,
  written: string | undefined,
  isJson: boolean,
): Fitted {
  const setting = SETTINGS.get(key);
  if (setting === undefined) return { refused: `${key} is no key` };
  if (key === 'sockets.unix.permissions') return fitMode(setting, value, written, isJson);
  if (setting.type === 'number' && typeof value === 'number') return fitNumber(setting, value);
  if (setting.type === 'text' && written !== undefined) return accepted(setting, written);
  if (setting.path && typeof value === 'string') return fitPath(setting, value);
  return accepted(setting, value);
}

function accepted(setting: Setting, value: unknown): Fitted {
  if (setting.accepts(value)) return { value };
  return { refused: `${setting.key} takes ${setting.expected}` };
}

/** What is out of bounds becomes the nearest that is not. */
function fitNumber(setting: Setting, value: number): Fitted {
  const { minimum = -Infinity, maximum = Infinity } = setting;
  const nearest = Math.min(Math.max(value, minimum), maximum);
  for (const candidate of [nearest, Math.round(nearest), Math.ceil(nearest)]) {
    if (!setting.accepts(candidate)) continue;
    if (candidate === value) return { value };
    return { value: candidate, note: `${value} became the nearest that is taken` };
  }
  return accepted(setting, value);
}

/** JSON has modes as numbers in tens, or as text; YAML people write them as they say them. */
function fitMode(
  setting: Setting,
  value: unknown,
  written: string | undefined,
  isJson: boolean,
): Fitted {
  const decimal = isJson && typeof value === 'number' && Number.isInteger(value);
  const text = decimal ? value.toString(8) : (written ?? value);
  const digits = /^0*o?([0-7]{3})$/.exec(String(text))?.[1];
  const mode = digits === undefined ? text : `0${digits}`;
  return accepted(setting, mode);
}

function fitPath(setting: Setting, value: string): Fitted {
  const path = value.replace(/^(\$HOME|\$\{HOME\})(?=\/|$)/, '~');
  try {
    if (path !== '') expandPath(path);
  } catch (error) {
    if (error instanceof PathError && error.is_mistake) return { refused: error.message };
  }
  return accepted(setting, path);
}
