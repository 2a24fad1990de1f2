import type { Edited } from './page.ts';
import type { Auth } from './request.ts';

export const defaultColour = '#00d4ff';

export interface CategoryFields {
  /** @minLength 1 @maxLength 100 @pattern \S */
  name: string;
  /** @maxLength 10000 */
  description?: string;
  /** As `#rrggbb`. Default: #00d4ff. @pattern ^#[0-9a-fA-F]{6}$ */
  colour?: string;
  /** Default: that of the module. */
  auth?: Auth;
}

export interface Category extends Edited, Required<CategoryFields> {
  moduleId: number;
}
