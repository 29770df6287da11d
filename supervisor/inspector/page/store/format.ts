/** Numbers and times as a person reads them, short. */

/** `850 ms`, `4.2 s`, `3 m 20 s`, `5 h 12 m`, `3 d 4 h`. */
export function duration(ms: number): string {
  const late = Math.max(0, ms);
  if (late < 1000) return `${Math.round(late)} ms`;
  if (late < 10_000) return `${(Math.floor(late / 100) / 10).toFixed(1)} s`;
  return age(ms);
}

/** As `duration`, in whole seconds, so that it changes once a second. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `45 s`, `59 m`, `1.2 h`, `3.4 d`: where there is little room. */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 36_000) return `${(Math.floor(seconds / 360) / 10).toFixed(1)} h`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${(Math.floor(seconds / 8640) / 10).toFixed(1)} d`;
}

/** `14:03:21.042`, in the time zone of who looks. */
export function clock(at_ms: number): string {
  const date = new Date(at_ms);
  const two = (part: number): string => String(part).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** With commas between thousands. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Per second: `0`, `0.4`, `12`, `1,204`. */
export function rate(value: number): string {
  if (value < 0.05) return '0';
  return value < 10 ? value.toFixed(1) : count(value);
}

/** `812 B`, `4.1 kB`, `12.3 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  if (value < 1e6) return `${(value / 1000).toFixed(1)} kB`;
  return `${(value / 1e6).toFixed(1)} MB`;
}
