/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * `input`: what a caller may send. `output`: what a function's result looks like as JSON, which tells
 * less about objects: they may have more properties than their type knows.
 */
export type SchemaSide = 'input' | 'output';
