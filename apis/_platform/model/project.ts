import type { Edited } from './page.ts';
import type { Auth } from './request.ts';

export interface ProjectSettings {
  /**
   * Targets that runs may reach although they are loopback or private: `host`, `host:port`, `*.example.com` or a range
   * such as `10.0.0.0/8`.
   *
   * @maxItems 200
   */
  allow?: string[];
  /** Whether scenarios run again when a function that they reached was changed. Default: false. */
  testOnSave?: boolean;
  /** Which runs are kept; the others are removed every day. Default: all. */
  retention?: Retention;
}

/** What is kept of a project's runs; what is not said is not limited. */
export interface Retention {
  /** Runs that ended longer ago are removed. @minimum 0 @maximum 36500 */
  days?: number;
  /** The newest ones are kept. @integer @minimum 0 @maximum 1000000 */
  records?: number;
}

export interface ProjectFields {
  /** @minLength 1 @maxLength 100 @pattern \S */
  name: string;
  /** @maxLength 10000 */
  description?: string;
  /** What everything in it uses whose auth is `inherit`. Default: none. */
  auth?: Auth;
  settings?: ProjectSettings;
}

export interface Project extends Edited, Required<ProjectFields> {}
