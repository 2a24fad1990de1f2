import { ValueError } from './value-error.ts';

const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Moves a time by `+1d`, `-2h30m`, `+1M`; `M` and `y` are calendar months and years, a day that is missing becomes the last. */
export function moveTime(time: number, offset: string): number {
  const parts = [...offset.matchAll(/([+-]?)(\d+)(ms|[smhdwMy])/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== offset.replaceAll(' ', '')) {
    throw new ValueError(
      'TEMPLATE_INVALID',
      `"${offset}" is no offset: write it as '+1d', '-2h30m' or '+1M' (ms, s, m, h, d, w, M, y).`,
    );
  }
  let moved = time;
  let sign = 1;
  for (const [, written, count, unit = ''] of parts) {
    if (written !== '') sign = written === '-' ? -1 : 1;
    const by = sign * Number(count);
    const ms = unitMs[unit];
    moved = ms === undefined ? moveMonths(moved, unit === 'y' ? by * 12 : by) : moved + by * ms;
  }
  if (Number.isNaN(new Date(moved).getTime())) {
    throw new ValueError('TEMPLATE_INVALID', `The offset "${offset}" leaves the calendar.`);
  }
  return moved;
}

const tokens = /YYYY|YY|MM|M|DD|D|HH|H|mm|m|SSS|ss|s|Z|X|x|\[([^\]]*)\]/g;

/**
 * A time as text: `iso`, `unix` (seconds), `unixMs`, or a pattern of
 * `YYYY YY MM M DD D HH H mm m ss s SSS Z X x`; what stands in `[…]` is taken as it is.
 *
 * @param zone name of a time zone, as `Asia/Shanghai`
 */
export function formatTime(time: number, format: string, zone = 'UTC'): string {
  if (format === 'iso') return new Date(time).toISOString();
  if (format === 'unix') return String(Math.floor(time / 1000));
  if (format === 'unixMs') return String(time);
  const offset = zoneOffset(time, zone);
  const local = new Date(time + offset * 60_000);
  return format.replaceAll(tokens, (token, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    return tokenText(token, { time, local, offset });
  });
}

function tokenText(token: string, at: { time: number; local: Date; offset: number }): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const { local } = at;
  const texts: Record<string, () => string> = {
    YYYY: () => String(local.getUTCFullYear()).padStart(4, '0'),
    YY: () => two(local.getUTCFullYear() % 100),
    MM: () => two(local.getUTCMonth() + 1),
    M: () => String(local.getUTCMonth() + 1),
    DD: () => two(local.getUTCDate()),
    D: () => String(local.getUTCDate()),
    HH: () => two(local.getUTCHours()),
    H: () => String(local.getUTCHours()),
    mm: () => two(local.getUTCMinutes()),
    m: () => String(local.getUTCMinutes()),
    ss: () => two(local.getUTCSeconds()),
    s: () => String(local.getUTCSeconds()),
    SSS: () => String(local.getUTCMilliseconds()).padStart(3, '0'),
    Z: () => {
      const minutes = Math.abs(at.offset);
      return `${at.offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    },
    X: () => String(Math.floor(at.time / 1000)),
    x: () => String(at.time),
  };
  return texts[token]?.() ?? token;
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** Minutes that a zone's clock is ahead of UTC at a time. */
function zoneOffset(time: number, zone: string): number {
  if (zone === 'UTC') return 0;
  let format = zones.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    } catch {
      throw new ValueError('TEMPLATE_INVALID', `"${zone}" is no time zone; write it as 'Asia/Shanghai'.`);
    }
    zones.set(zone, format);
  }
  const name = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function moveMonths(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
