const identifier = /^[A-Za-z_$][\w$]*$/;

/** A string literal of TypeScript, in single quotes. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A property's name as it stands in a type or an object literal. */
export function propertyKey(name: string): string {
  return identifier.test(name) ? name : quoted(name);
}

/** A doc comment's lines, or none when there is nothing to say. No text can end the comment early. */
export function docLines(parts: readonly string[]): string[] {
  const lines = parts
    .filter((part) => part !== '')
    .flatMap((part) => part.replaceAll('*/', '*\\/').split(/\r\n?|\n/))
    .map((line) => line.trimEnd());
  const [only] = lines;
  if (only === undefined) return [];
  if (lines.length === 1) return [`/** ${only} */`];
  return ['/**', ...lines.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' */'];
}

/** Each line two spaces further in. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
