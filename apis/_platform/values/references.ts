import type { Json } from '../model/json.ts';
import { builtIns, unknownBuiltIn } from './built-ins.ts';
import type { Expression, Operand } from './expression.ts';
import { filters, unknownFilter } from './filters.ts';
import { compileText } from './template.ts';
import { ValueError } from './value-error.ts';

/** A variable that a value asks for. */
export interface AskedVariable {
  /** What may be its name: `user.id` is that, or a way into `user`. */
  names: string[];
  /** As written: `user.id`. */
  text: string;
  where: string;
}

export interface References {
  /** Without those that have a default. */
  asked: AskedVariable[];
  /** Templates that cannot be read, filters and built-ins that do not exist. */
  problems: ValueError[];
}

/** Everything that the templates in a value ask for, without evaluating anything. */
export function findReferences(
  value: Json,
  where: string,
  found: References = { asked: [], problems: [] },
): References {
  if (typeof value === 'string') collect(value, where, found);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findReferences(item, `${where}[${index}]`, found);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      collect(name, `${where}, name ${name}`, found);
      findReferences(item, `${where}.${name}`, found);
    }
  }
  return found;
}

function collect(text: string, where: string, { asked, problems }: References): void {
  try {
    const template = compileText(text, where);
    if (typeof template === 'string') return;
    for (const part of template.parts) {
      if (typeof part !== 'string') collectExpression(part, where, asked);
    }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    problems.push(error);
  }
}

function collectExpression(
  { from, filters: applied }: Expression,
  where: string,
  asked: AskedVariable[],
): void {
  const ask = (operand: Operand) => {
    if (operand.kind === 'literal') return;
    const { text, head, path } = operand;
    asked.push({ names: path.length > 0 ? [text, head] : [text], text, where });
  };
  for (const { name } of applied) {
    if (!filters.has(name)) throw located(unknownFilter(name), where);
  }
  if (from.kind === 'builtin') {
    if (!builtIns.has(from.call.name)) throw located(unknownBuiltIn(from.call.name), where);
    from.call.args.forEach(ask);
  } else if (!applied.some(({ name }) => name === 'default')) ask(from);
  for (const { args } of applied) args.forEach(ask);
}

function located(error: ValueError, where: string): ValueError {
  return new ValueError(error.code, `${where}: ${error.message}`);
}
