import type { Json } from '../../../apis/_platform/model/json.ts';
import { compileValue, renderCompiled } from '../../../apis/_platform/values/compiled-value.ts';
import { Resolver, type ResolverOptions } from '../../../apis/_platform/values/resolver.ts';
import { type Layer, templated } from '../../../apis/_platform/values/variable.ts';

/** Layers of what people wrote, from nearest to farthest as they are given. */
export function layers(given: Partial<Record<Layer['scope'], { [name: string]: Json }>>): Layer[] {
  return Object.entries(given).map(([scope, values]) => ({
    scope: scope as Layer['scope'],
    variables: templated(values),
  }));
}

export function resolve(value: Json, given: Layer[] = [], options: ResolverOptions = {}): Json {
  return renderCompiled(compileValue(value, 'body'), new Resolver(given, options));
}
