import type { Json } from '../model/json.ts';
import { type Expression, parseExpression } from './expression.ts';
import { ValueError } from './value-error.ts';

/** A text with `{{name}}` in it, taken apart once. */
export interface Template {
  /** What a message calls its place: `url`, `header X-Id`, `body.user.name`. */
  where: string;
  parts: (string | Expression)[];
}

/** Gives the values that a template asks for. */
export interface Evaluator {
  evaluate(expression: Expression, where: string): Json;
}

/**
 * Takes a text apart. A text without `{{` comes back as it is. The braces themselves are written `{{'{{'}}`.
 *
 * @throws ValueError with the place, when the text cannot be read
 */
export function compileText(text: string, where: string): string | Template {
  let start = text.indexOf('{{');
  if (start === -1) return text;
  const parts: (string | Expression)[] = [];
  let from = 0;
  while (start !== -1) {
    // Of `{{{x}}}` the inner braces count, as in JSON: {"a":{{x}}} without spaces.
    while (text[start + 2] === '{') start += 1;
    const end = endOfExpression(text, start + 2);
    if (end === -1) {
      const shown = text.slice(start, start + 40);
      throw new ValueError(
        'TEMPLATE_INVALID',
        `"${shown}" in ${where} has no closing }}. For the braces themselves write {{'{{'}}.`,
      );
    }
    if (start > from) parts.push(text.slice(from, start));
    parts.push(parseAt(text.slice(start + 2, end).trim(), where));
    from = end + 2;
    start = text.indexOf('{{', from);
  }
  if (from < text.length) parts.push(text.slice(from));
  return { where, parts };
}

/** Writes a text so that a template gives it back as it is. */
export function escapeTemplate(text: string): string {
  return text.replaceAll(/\{(?=\{)/g, "{{'{'}}");
}

/** The text with all values put in; what is no text becomes JSON. */
export function renderText(template: string | Template, evaluator: Evaluator): string {
  if (typeof template === 'string') return template;
  let text = '';
  for (const part of template.parts) {
    text += typeof part === 'string' ? part : toText(evaluator.evaluate(part, template.where));
  }
  return text;
}

/** As `renderText`, but a reference that stands alone keeps the type of its value. */
export function renderValue(template: string | Template, evaluator: Evaluator): Json {
  if (typeof template === 'string') return template;
  const [only] = template.parts;
  if (template.parts.length === 1 && only !== undefined && typeof only !== 'string') {
    return evaluator.evaluate(only, template.where);
  }
  return renderText(template, evaluator);
}

export function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parseAt(text: string, where: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof ValueError) {
      throw new ValueError(
        error.code,
        error.message.replace(' cannot be read:', ` in ${where} cannot be read:`),
      );
    }
    throw error;
  }
}

/** Of the first `}}` outside quotes; a quote that never closes holds nothing back. */
function endOfExpression(text: string, from: number): number {
  let quote = '';
  for (let index = from; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '}' && text[index + 1] === '}') return index;
  }
  return quote === '' ? -1 : text.indexOf('}}', from);
}
