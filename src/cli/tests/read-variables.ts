/**
 * Variables of a JSON file: an object with a value for each name, or an environment as Postman exports it.
 *
 * @throws Error naming the file and what is wrong with it
 */
export function readVariables(text: string, file: string): Record<string, unknown> {
  const expected = `expected JSON with variables such as {"baseUrl": "http://127.0.0.1:8000"}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`--env '${file}': ${expected}, got what is no JSON (${(cause as Error).message})`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`--env '${file}': ${expected}, got ${JSON.stringify(value).slice(0, 40)}`);
  const { values } = value as { values?: unknown };
  if (!Array.isArray(values)) return value as Record<string, unknown>;
  const enabled = (values as { key: string; value: unknown; enabled?: boolean }[]).filter(
    (variable) => variable.enabled !== false,
  );
  return Object.fromEntries(enabled.map((variable) => [variable.key, variable.value]));
}
