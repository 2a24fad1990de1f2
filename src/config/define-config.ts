import type { ConfigInput } from './schema.ts';

/**
 * Types the configuration that `config.ts` exports: `export default defineConfig({ port: 8000 })`.
 * Gives back what it is given; values are checked when the configuration is loaded.
 */
export function defineConfig(input: ConfigInput): ConfigInput {
  return input;
}
