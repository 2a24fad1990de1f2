import type { ApiSchemas } from '../model/api-schemas.ts';
import type { CatalogEntry } from '../model/catalog-entry.ts';
import type { Category } from '../model/category.ts';
import type { Environment } from '../model/environment.ts';
import type { Module } from '../model/module.ts';
import type { Edited } from '../model/page.ts';
import type { Project } from '../model/project.ts';
import type { Row } from '../storage/tables.ts';

/** What a column of JSON holds; it was checked when it was written. */
// The caller says what it wrote there.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function editedOf(row: Edited): Edited {
  const { id, version, position, createdAt, updatedAt } = row;
  return { id, version, position, createdAt, updatedAt };
}

export function toProject(row: Row<'projects'>): Project {
  return {
    ...editedOf(row),
    name: row.name,
    description: row.description,
    auth: fromJson(row.authJson),
    settings: fromJson(row.settingsJson),
  };
}

export function toModule(row: Row<'modules'>): Module {
  return {
    ...editedOf(row),
    projectId: row.projectId,
    name: row.name,
    icon: row.icon,
    auth: fromJson(row.authJson),
    ownModule: row.ownModule,
  };
}

export function toCategory(row: Row<'categories'>): Category {
  return {
    ...editedOf(row),
    moduleId: row.moduleId,
    name: row.name,
    description: row.description,
    colour: row.colour,
    auth: fromJson(row.authJson),
  };
}

export function toEnvironment(row: Row<'environments'>): Environment {
  return { ...editedOf(row), projectId: row.projectId, name: row.name, description: row.description };
}

export function toCatalogEntry(row: Row<'apis'>): CatalogEntry {
  return {
    ...editedOf(row),
    moduleId: row.moduleId,
    categoryId: row.categoryId,
    name: row.name,
    description: row.description,
    method: row.method,
    url: row.url,
    pathParams: fromJson(row.pathParamsJson),
    params: fromJson(row.paramsJson),
    headers: fromJson(row.headersJson),
    body: fromJson(row.bodyJson),
    auth: fromJson(row.authJson),
    settings: fromJson(row.settingsJson),
    tags: fromJson(row.tagsJson),
    assertions: fromJson(row.assertionsJson),
    extractions: fromJson(row.extractionsJson),
    schemas: row.schemasJson === null ? null : fromJson<ApiSchemas>(row.schemasJson),
    ownEndpoint: row.ownEndpoint,
  };
}
