import type { Json } from './json.ts';
import type { Edited } from './page.ts';

export interface EnvironmentFields {
  /** @minLength 1 @maxLength 100 @pattern \S */
  name: string;
  /** @maxLength 10000 */
  description?: string;
}

export interface Environment extends Edited, Required<EnvironmentFields> {
  projectId: number;
}

/** Whose variable it is. */
export type VariableOwner = 'environment' | 'module' | 'project';

export interface VariableInput {
  /**
   * What stands between the braces of `{{name}}`.
   *
   * @minLength 1 @maxLength 200 @pattern ^[^\s{}|$][^{}|]*$
   */
  name: string;
  /** Its value when it is no secret. */
  value?: Json;
  /** Its value when it is a secret: encrypted, never given out again, masked in results. @maxLength 100000 */
  secretValue?: string;
  /** Whether requests see it. Default: true. */
  enabled?: boolean;
}

export interface Variable {
  id: number;
  name: string;
  /** Whether its value is encrypted and stays unsaid. */
  secret: boolean;
  /** Left out when it is a secret. */
  value?: Json;
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
}
