import type { Json } from '../model/json.ts';
import { type Evaluator, compileText, renderText, renderValue, type Template } from './template.ts';

/** A JSON value with templates in it, at any depth, also in names. */
export type CompiledValue =
  | { kind: 'constant'; value: Json }
  | { kind: 'template'; template: Template }
  | { kind: 'list'; items: CompiledValue[] }
  | { kind: 'object'; entries: [name: string | Template, value: CompiledValue][] };

/**
 * Takes a value apart once; what has no `{{` in it stays one constant, however deep it is.
 *
 * @throws ValueError with the place, when a text cannot be read
 */
export function compileValue(value: Json, where: string): CompiledValue {
  if (typeof value === 'string') {
    const template = compileText(value, where);
    return typeof template === 'string' ? { kind: 'constant', value } : { kind: 'template', template };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileValue(item, `${where}[${index}]`));
    return items.every(isConstant) ? { kind: 'constant', value } : { kind: 'list', items };
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([name, item]): [string | Template, CompiledValue] => [
      compileText(name, `${where}, name ${name}`),
      compileValue(item, `${where}.${name}`),
    ]);
    return entries.every(([name, item]) => typeof name === 'string' && isConstant(item))
      ? { kind: 'constant', value }
      : { kind: 'object', entries };
  }
  return { kind: 'constant', value };
}

/** Puts the values in. Constants are given out as they are: whoever gets one does not change it. */
export function renderCompiled(compiled: CompiledValue, evaluator: Evaluator): Json {
  switch (compiled.kind) {
    case 'constant':
      return compiled.value;
    case 'template':
      return renderValue(compiled.template, evaluator);
    case 'list':
      return compiled.items.map((item) => renderCompiled(item, evaluator));
    case 'object':
      return Object.fromEntries(
        compiled.entries.map(([name, item]) => [
          renderText(name, evaluator),
          renderCompiled(item, evaluator),
        ]),
      );
    default: {
      const check: never = compiled;
      return check;
    }
  }
}

export function isConstant(compiled: CompiledValue): boolean {
  return compiled.kind === 'constant';
}
