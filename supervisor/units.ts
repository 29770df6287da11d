/** Figures for people. */

/** `12.6s`, `3min`, `5h07`, `12d03h`. */
export function ageText(age_ms: number): string {
  if (age_ms < 1000) return `${Math.max(0, Math.round(age_ms))}ms`;
  if (age_ms < 120_000) return `${(age_ms / 1000).toFixed(1)}s`;
  const minutes = Math.round(age_ms / 60_000);
  if (minutes < 120) return `${minutes}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h${two(minutes % 60)}`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `512 B`, `1.5 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 999.95 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** `0`, `0.25`, `12.5`, `1204`. */
export function rateText(per_s: number): string {
  if (per_s === 0) return '0';
  if (per_s < 1) return per_s.toFixed(2);
  return per_s < 100 ? per_s.toFixed(1) : String(Math.round(per_s));
}
