import type { Json } from '../../model/json.ts';
import { asText, isObject } from '../read-node.ts';

export interface ParameterStyle {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  style?: string | undefined;
  explode?: boolean | undefined;
}

/** A parameter's value as it is sent: one name and text, or several of lists and objects that are spread out. */
export function serialiseParameter(parameter: ParameterStyle, value: Json): [name: string, text: string][] {
  const { name } = parameter;
  const style = parameter.style ?? (parameter.in === 'path' || parameter.in === 'header' ? 'simple' : 'form');
  const explode = parameter.explode ?? style === 'form';
  if (typeof value !== 'object' || value === null)
    return [[name, prefixed(style, name, asText(value ?? ''))]];
  if (style === 'deepObject' && isObject(value)) {
    return Object.entries(value).map(([key, part]) => [`${name}[${key}]`, asText(part)]);
  }
  if (style === 'form' && explode && parameter.in !== 'cookie') {
    return Array.isArray(value)
      ? value.map((item) => [name, asText(item)])
      : Object.entries(value).map(([key, part]) => [key, asText(part)]);
  }
  const separator = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' }[style] ?? ',';
  const parts = Array.isArray(value)
    ? value.map((item) => asText(item))
    : Object.entries(value).flatMap(([key, part]) =>
        explode ? [`${key}=${asText(part)}`] : [key, asText(part)],
      );
  return [[name, prefixed(style, name, parts.join(separator))]];
}

function prefixed(style: string, name: string, text: string): string {
  if (style === 'matrix') return `;${name}=${text}`;
  return style === 'label' ? `.${text}` : text;
}
