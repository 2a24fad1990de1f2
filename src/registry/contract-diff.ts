import type { Parameter, Shape, Signature } from '../contract/signature.ts';
import type { ContractChange } from './contract-change.ts';
import { isReadableAs, isSubset } from './shape-subset.ts';
import type { Endpoint } from './snapshot.ts';

type Endpoints = ReadonlyMap<string, Endpoint>;

/** Compares what two generations promise to callers, by path and in order. Only `touched` paths can differ. */
export function contractDiff(
  before: Endpoints,
  after: Endpoints,
  touched: Iterable<string> = [...before.keys(), ...after.keys()],
): ContractChange[] {
  const changes: ContractChange[] = [];
  for (const path of [...new Set(touched)].sort()) {
    const old = before.get(path);
    const now = after.get(path);
    if (old === now) continue;
    if (now === undefined) changes.push({ endpoint: path, breaking: true, change: 'function removed' });
    else if (old === undefined) changes.push({ endpoint: path, breaking: false, change: 'new function' });
    else changes.push(...endpointChanges(old, now));
  }
  return changes;
}

function endpointChanges(old: Endpoint, now: Endpoint): ContractChange[] {
  const found: Found[] = [...rolesChanges(old, now)];
  if (old.signature !== now.signature) {
    found.push(
      ...parameterChanges(old.signature, now.signature),
      ...resultChanges(old.signature, now.signature),
    );
  }
  return found.map(({ breaking, change }) => ({ endpoint: now.path, breaking, change }));
}

interface Found {
  readonly breaking: boolean;
  readonly change: string;
}

function rolesChanges(old: Endpoint, now: Endpoint): Found[] {
  const before = new Set(old.options.roles);
  const after = new Set(now.options.roles);
  const added = [...after].filter((role) => !before.has(role));
  const dropped = [...before].filter((role) => !after.has(role));
  return [
    ...added.map((role) => ({ breaking: true, change: `role '${role}' is required now` })),
    ...dropped.map((role) => ({ breaking: false, change: `role '${role}' is not required any more` })),
  ];
}

function parameterChanges(old: Signature, now: Signature): Found[] {
  const before = new Map(old.parameters.map((parameter) => [parameter.name, parameter]));
  const after = new Map(now.parameters.map((parameter) => [parameter.name, parameter]));
  const found: Found[] = [];
  for (const [name, parameter] of before) {
    const next = after.get(name);
    if (next === undefined) found.push({ breaking: true, change: `parameter '${name}' removed` });
    else found.push(...oneParameter({ old, parameter }, { old: now, parameter: next }));
  }
  for (const [name, { optional }] of after) {
    if (before.has(name)) continue;
    found.push({
      breaking: !optional,
      change: `${optional ? 'optional' : 'required'} parameter '${name}' added`,
    });
  }
  return found;
}

interface Of {
  readonly old: Signature;
  readonly parameter: Parameter;
}

function oneParameter(before: Of, after: Of): Found[] {
  const { name } = after.parameter;
  const found: Found[] = [];
  if (before.parameter.optional && !after.parameter.optional) {
    found.push({ breaking: true, change: `parameter '${name}' is required now` });
  } else if (!before.parameter.optional && after.parameter.optional) {
    found.push({ breaking: false, change: `parameter '${name}' is optional now` });
  }
  const accepted = { shape: before.parameter.shape, definitions: before.old.definitions };
  const accepts = { shape: after.parameter.shape, definitions: after.old.definitions };
  if (!isSubset(accepted, accepts)) {
    found.push({ breaking: true, change: `parameter '${name}' accepts less than before` });
  } else if (!isSubset(accepts, accepted)) {
    found.push({ breaking: false, change: `parameter '${name}' accepts more than before` });
  }
  return found;
}

function resultChanges(old: Signature, now: Signature): Found[] {
  if (old.returns.kind !== now.returns.kind) {
    return [{ breaking: true, change: `result is a ${now.returns.kind} now, it was a ${old.returns.kind}` }];
  }
  const gave = result(old);
  const gives = result(now);
  if (!isReadableAs(gives, gave)) {
    return [{ breaking: true, change: 'result may be one that it could not be before' }];
  }
  return isReadableAs(gave, gives) && isSubset(gives, gave) && isSubset(gave, gives)
    ? []
    : [{ breaking: false, change: 'result is more precise, or has more, than before' }];
}

function result({ returns, definitions }: Signature): {
  shape: Shape;
  definitions: Signature['definitions'];
} {
  return { shape: returns.shape, definitions };
}
