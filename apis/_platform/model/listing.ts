/** Orders that every list knows; `-` begins with the greatest. */
export const sorts = [
  'position',
  'name',
  '-name',
  'createdAt',
  '-createdAt',
  'updatedAt',
  '-updatedAt',
] as const;
export type Sort = (typeof sorts)[number];

export interface TextFilter {
  /** Those with this text in their name or description. @maxLength 200 */
  text?: string;
}

export interface ProjectChildFilter extends TextFilter {
  /** Those of this project. @integer */
  projectId?: number;
}

export interface ModuleChildFilter extends ProjectChildFilter {
  /** Those of this module. @integer */
  moduleId?: number;
}
