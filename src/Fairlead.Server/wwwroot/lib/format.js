// Numbers, times and sizes as people read them.
const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = value => value === undefined || value === null ? '–' : whole.format(value);
export const compact = value => Math.abs(value) < 10000 ? whole.format(value) : short.format(value);

export function rate(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  return value < 10 ? value.toFixed(1) : compact(Math.round(value));
}

export function bytes(value) {
  if (value === undefined || value === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const two = value => String(value).padStart(2, '0');

export function time(milliseconds, withMilliseconds = false) {
  if (!milliseconds) return '–';
  const date = new Date(milliseconds);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMilliseconds ? `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}` : clock;
}

export function dateTime(milliseconds) {
  if (!milliseconds) return '–';
  const date = new Date(milliseconds);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time(milliseconds)}`;
}

// Today the time says enough.
export function moment(milliseconds) {
  if (!milliseconds) return '–';
  return new Date(milliseconds).toDateString() === new Date().toDateString() ? time(milliseconds) : dateTime(milliseconds);
}

export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

export const ago = (milliseconds, now = Date.now()) => milliseconds ? duration(now - milliseconds) : '–';

// A certificate's id is too long to be read; its beginning tells it apart.
export const shortId = id => id && id.length > 16 ? `${id.slice(0, 12)}…` : id;
export const shortPrincipal = principal => principal?.replace(/[0-9a-f]{40,}/g, shortId);

// For a shell: as it is when it needs no quotes.
export const quote = value => /^[A-Za-z0-9_@%+=:,./-]+$/.test(value) ? value : `'${String(value).replaceAll("'", "'\\''")}'`;
