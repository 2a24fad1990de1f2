import type { Json } from '../../model/json.ts';
import { isObject } from '../read-node.ts';

/** `{{ _.name }}` as `{{name}}`, and the tags that have a built-in; other tags stay, and are told. */
export function withOurTemplates(value: Json, unknown: (tag: string) => void): Json {
  if (typeof value === 'string') return convertText(value, unknown);
  if (Array.isArray(value)) return value.map((item) => withOurTemplates(item, unknown));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withOurTemplates(child, unknown)]),
  );
}

function convertText(text: string, unknown: (tag: string) => void): string {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  return text
    .replaceAll(/\{\{\s*(?:_\.)?([\w.[\]'-]+)\s*\}\}/g, '{{$1}}')
    .replaceAll(/\{\{\s*_\[\s*['"]([^'"]+)['"]\s*\]\s*\}\}/g, '{{$1}}')
    .replaceAll(/\{%\s*(\w+)([^%]*)%\}/g, (whole, tag: string, rest: string) => {
      const known = builtIn(tag, rest);
      if (known === undefined) unknown(whole);
      return known ?? whole;
    });
}

function builtIn(tag: string, rest: string): string | undefined {
  const [first = ''] = [...rest.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '');
  if (tag === 'uuid') return '{{$uuid}}';
  if (tag === 'now' || tag === 'timestamp') {
    return (
      { millis: '{{$timestampMs}}', unix: '{{$timestamp}}' }[first] ??
      (first === 'custom' ? undefined : '{{$isoTimestamp}}')
    );
  }
  return undefined;
}
