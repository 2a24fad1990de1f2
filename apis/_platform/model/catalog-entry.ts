import type { ApiSchemas } from './api-schemas.ts';
import type { Assertion, Extraction } from './checks.ts';
import type { Edited } from './page.ts';
import type { Auth, NamedValue, RequestBody, RequestSettings } from './request.ts';
import type { ResultStatus } from './result.ts';

export interface CatalogEntryFields {
  /** @minLength 1 @maxLength 200 @pattern \S */
  name: string;
  /** @maxLength 100000 */
  description?: string;
  /** `GET`, `POST`, …; kept in capital letters. Default: GET. @pattern ^[A-Za-z][A-Za-z0-9_-]{0,19}$ */
  method?: string;
  /**
   * Absolute, or relative to the variable `baseUrl`; `:name` or `{name}` in the path are path parameters.
   *
   * @minLength 1 @maxLength 8000
   */
  url: string;
  /** @maxItems 500 */
  pathParams?: NamedValue[];
  /** Query parameters, beside those in the url. @maxItems 500 */
  params?: NamedValue[];
  /** @maxItems 500 */
  headers?: NamedValue[];
  /** Default: none. */
  body?: RequestBody;
  /** Default: that of the category, else of the module, else of the project. */
  auth?: Auth;
  settings?: RequestSettings;
  /** @maxItems 100 */
  tags?: string[];
  /** @maxItems 500 */
  assertions?: Assertion[];
  /** @maxItems 500 */
  extractions?: Extraction[];
  /** What is known of the shape of requests and answers. */
  schemas?: ApiSchemas | null;
}

export interface CatalogEntry extends Edited, Required<CatalogEntryFields> {
  moduleId: number;
  categoryId: number | null;
  /** Endpoint of this service that it mirrors (`/module/function`); null when people or an import made it. */
  ownEndpoint: string | null;
}

/** A catalog entry in a list. */
export interface CatalogItem extends Edited {
  projectId: number;
  moduleId: number;
  categoryId: number | null;
  name: string;
  description: string;
  method: string;
  url: string;
  tags: string[];
  ownEndpoint: string | null;
  /** Its latest result in a run; null: never run. */
  lastResult: LastResult | null;
}

export interface LastResult {
  status: ResultStatus;
  /** Id of the run. */
  recordId: number;
  /** ISO 8601. */
  startedAt: string;
  /** Milliseconds. */
  time: number | null;
}
