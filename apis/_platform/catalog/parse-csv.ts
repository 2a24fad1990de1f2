import { ApiError } from 'api-deploy';

export interface CsvRecord {
  /** Of the text, from 1, where the record begins. */
  line: number;
  fields: string[];
}

/**
 * Reads CSV as RFC 4180 has it, with any line ends; the separator is what the first line has most of: `,`, `;` or tab.
 * Empty lines are left out.
 *
 * @throws ApiError DATASET_INVALID with the line of a quote that does not end, or of text behind one that did
 */
export function parseCsv(text: string): CsvRecord[] {
  const separator = separatorOf(text);
  const records: CsvRecord[] = [];
  let position = 0;
  let line = 1;
  while (position < text.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      const field =
        text[position] === '"' ? quotedField(text, position, line) : plainField(text, position, separator);
      record.fields.push(field.value);
      position = field.end;
      line += field.lines;
      if (text[position] === separator) {
        position++;
        continue;
      }
      if (position < text.length && text[position] !== '\n' && text[position] !== '\r') {
        throw invalidCsv(
          line,
          `expected '${shown(separator)}' or the end of the line behind a closing quote, got '${text[position]}'`,
        );
      }
      break;
    }
    if (text[position] === '\r' && text[position + 1] === '\n') position++;
    position++;
    line++;
    if (record.fields.length > 1 || record.fields[0] !== '') records.push(record);
  }
  return records;
}

export function invalidCsv(line: number, problem: string): ApiError {
  return new ApiError('DATASET_INVALID', `CSV line ${line}: ${problem}`, { status: 422, details: { line } });
}

interface Field {
  value: string;
  /** Position behind it. */
  end: number;
  /** Line ends in it. */
  lines: number;
}

function plainField(text: string, start: number, separator: string): Field {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, end), end, lines: 0 };
}

function quotedField(text: string, start: number, line: number): Field {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw invalidCsv(line, 'the quote that begins here does not end');
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      return { value, end: quote + 1, lines: value.match(/\r\n|\n|\r/g)?.length ?? 0 };
    }
    value += '"';
    from = quote + 2;
  }
}

function separatorOf(text: string): string {
  const [first = ''] = /^[^\r\n]*/.exec(text) ?? [];
  const plain = first.replace(/"(?:[^"]|"")*"/g, '');
  const counted = [',', ';', '\t'].map((separator) => ({ separator, count: plain.split(separator).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

function shown(separator: string): string {
  return separator === '\t' ? 'tab' : separator;
}
