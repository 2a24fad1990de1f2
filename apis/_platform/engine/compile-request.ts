import type { Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { Auth, RequestSettings, RequestSpec } from '../model/request.ts';
import type { VariableScope } from '../model/result.ts';
import type { PlanRequest } from '../model/run-plan.ts';
import type { PreparedRequest } from '../model/transport.ts';
import { compileAssertion, type CompiledAssertion } from '../values/assert.ts';
import { compileValue, isConstant, renderCompiled } from '../values/compiled-value.ts';
import { compileExtraction, type CompiledExtraction } from '../values/extract.ts';
import type { Resolver } from '../values/resolver.ts';
import { compileText, renderText } from '../values/template.ts';
import { ValueError } from '../values/value-error.ts';
import { templated, type Variables } from '../values/variable.ts';
import { compileBody, type RenderedBody } from './compile-body.ts';
import { compileUrl, isEnabled } from './compile-url.ts';
import type { EngineParts } from './engine-parts.ts';

export type Prepare = (
  resolver: Resolver,
  resolveFile: EngineParts['resolveFile'],
) => PreparedRequest | Promise<PreparedRequest>;

/** Assertions and extractions of a request or call, taken apart once. */
export interface CompiledChecks {
  assertions: CompiledAssertion[];
  extractions: CompiledExtraction[];
}

/** A request taken apart once for all its turns. */
export interface CompiledRequest extends CompiledChecks {
  name: string;
  api: number | undefined;
  module: number | undefined;
  variables: Variables | undefined;
  /** Throws a ValueError for what cannot be sent. */
  prepare: Prepare;
}

/** Never throws: what cannot be read becomes the error of each result. */
export function compileRequest(request: PlanRequest, scope: VariableScope): CompiledRequest {
  return {
    name: request.name,
    api: request.api,
    module: request.module,
    variables: request.variables && templated(request.variables),
    prepare: compileSafely(request.spec),
    ...compileChecks(request, scope),
  };
}

export function compileChecks(
  { assertions = [], extractions = [] }: Partial<Pick<PlanRequest, 'assertions' | 'extractions'>>,
  scope: VariableScope,
): CompiledChecks {
  return {
    assertions: assertions.filter(isEnabled).map(compileAssertion),
    extractions: extractions
      .filter(isEnabled)
      .map((extraction) => compileExtractionSafely(extraction, scope)),
  };
}

function compileSafely(spec: RequestSpec): Prepare {
  try {
    return compileSpec(spec);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return () => {
      throw error;
    };
  }
}

function compileExtractionSafely(extraction: Extraction, scope: VariableScope): CompiledExtraction {
  try {
    return compileExtraction(extraction, scope);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const find = () => {
      throw error;
    };
    return {
      name: extraction.name,
      scope: extraction.scope ?? scope,
      source: extraction.from,
      find,
      other: undefined,
    };
  }
}

/** @throws ValueError for a template that cannot be read */
export function compileSpec(spec: RequestSpec): Prepare {
  const method = compileText(spec.method, 'method');
  const url = compileUrl(spec);
  const headers = spec.headers
    .filter(isEnabled)
    .map(
      ({ name, value }) =>
        [compileText(name, `name of header ${name}`), compileText(value, `header ${name}`)] as const,
    );
  const typed = headers.some(([name]) => typeof name === 'string' && name.toLowerCase() === 'content-type');
  const body = compileBody(spec.body);
  const auth = compileValue(spec.auth.type === 'inherit' ? { type: 'none' } : spec.auth, 'auth');
  const settings = compileValue((spec.settings ?? {}) as Json, 'settings');

  const assemble = (resolver: Resolver, { body: content, contentType }: RenderedBody): PreparedRequest => {
    const sent = headers.map(([name, value]): [string, string] => [
      renderText(name, resolver),
      renderText(value, resolver),
    ]);
    if (contentType !== undefined && !typed) sent.push(['Content-Type', contentType]);
    return {
      method: renderText(method, resolver).toUpperCase(),
      url: url.render(resolver),
      headers: sent,
      ...(content ? { body: content } : {}),
      auth: renderCompiled(auth, resolver) as Exclude<Auth, { type: 'inherit' }>,
      settings: renderCompiled(settings, resolver) as RequestSettings,
    };
  };
  const prepare: Prepare = (resolver, resolveFile) => {
    const rendered = body.render(resolver, resolveFile);
    return rendered instanceof Promise
      ? rendered.then((ready) => assemble(resolver, ready))
      : assemble(resolver, rendered);
  };
  const constant =
    url.constant &&
    body.constant &&
    [method, ...headers.flat()].every((text) => typeof text === 'string') &&
    [auth, settings].every(isConstant);
  return constant ? once(prepare) : prepare;
}

/** A request without variables is the same each time. */
function once(prepare: Prepare): Prepare {
  let prepared: PreparedRequest | Promise<PreparedRequest> | undefined;
  return (resolver, resolveFile) => {
    prepared ??= prepare(resolver, resolveFile);
    return prepared;
  };
}
