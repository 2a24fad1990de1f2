/** How the items of a stream are written. All texts are JSON without line breaks. */
export interface StreamFormat {
  readonly contentType: string;
  item(json: string): string;
  readonly done: string;
  error(envelope: string): string;
  /** What a client reads over; undefined where there is no such thing. */
  readonly nothing: string | undefined;
}

/** Server-sent events (WHATWG HTML, 9.2): `data` with an item, at the end `done`, or `error` with the failure envelope. */
const serverSentEvents: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  item: (json) => `event: data\ndata: ${json}\n\n`,
  // An event without data would reach nobody.
  done: 'event: done\ndata: {}\n\n',
  error: (envelope) => `event: error\ndata: ${envelope}\n\n`,
  nothing: ': keep-alive\n\n',
};

/** One JSON object per line: `{"data": item}`, at the end `{"done": true}`, or `{"error": envelope}`. */
const jsonLines: StreamFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  item: (json) => `{"data":${json}}\n`,
  done: '{"done":true}\n',
  error: (envelope) => `{"error":${envelope}}\n`,
  nothing: undefined,
};

const jsonLinesTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'] as const;

/** Events, unless `Accept` (RFC 9110, 12.5.1) prefers JSON lines; also when it wants neither. */
export function chooseStreamFormat(accept: string | undefined): StreamFormat {
  if (accept === undefined) return serverSentEvents;
  const ranges = accept.split(',').map(toRange);
  const events = preference(ranges, ['text/event-stream']);
  const lines = preference(ranges, jsonLinesTypes);
  const linesPreferred =
    lines.quality > events.quality ||
    (lines.quality === events.quality && lines.quality > 0 && lines.precision > events.precision);
  return linesPreferred ? jsonLines : serverSentEvents;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function toRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const written = parameters.find((parameter) => /^q\s*=/.test(parameter))?.split('=')[1];
  const quality = written === undefined ? 1 : Number(written);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

interface Preference {
  readonly quality: number;
  /** 2 for a type by name, 1 for `type/*`, 0 for any type; what is named counts more than what is not excluded. */
  readonly precision: number;
}

function preference(ranges: readonly Range[], types: readonly string[]): Preference {
  let best: Preference = { quality: 0, precision: -1 };
  for (const type of types) {
    const names = ['*/*', `${type.split('/')[0]}/*`, type];
    for (let precision = names.length - 1; precision >= 0; precision--) {
      const range = ranges.find((candidate) => candidate.type === names[precision]);
      if (range === undefined) continue;
      // The most precise range that matches is the one that counts.
      const found = { quality: range.quality, precision };
      if (isBetter(found, best)) best = found;
      break;
    }
  }
  return best;
}

function isBetter(found: Preference, best: Preference): boolean {
  return found.quality > best.quality || (found.quality === best.quality && found.precision > best.precision);
}
