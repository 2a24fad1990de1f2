import type { Edited } from './page.ts';
import type { Auth } from './request.ts';

export interface ModuleFields {
  /** @minLength 1 @maxLength 50 @pattern \S */
  name: string;
  /** An emoji, or a short text. @maxLength 10 */
  icon?: string;
  /** Default: that of the project. */
  auth?: Auth;
}

export interface Module extends Edited, Required<ModuleFields> {
  projectId: number;
  /** Path of the module of this service that it mirrors; null when people made it. */
  ownModule: string | null;
}
