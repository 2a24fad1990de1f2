import type { CallContext } from '../contract/call-context.ts';
import type { Signature } from '../contract/signature.ts';

/** The argument list of one call, from its validated body; the context is read only where it is asked for. */
export function buildArguments(
  signature: Signature,
  body: Readonly<Record<string, unknown>>,
  running: { readonly context: CallContext },
): unknown[] {
  const args = signature.style === 'object' ? [body] : positionalArguments(signature, body);
  if (signature.contextIndex >= 0) {
    // Optional parameters before the context may be missing: it must still land at its own index.
    while (args.length < signature.contextIndex) args.push(undefined);
    args.splice(signature.contextIndex, 0, running.context);
  }
  return args;
}

function positionalArguments(signature: Signature, body: Readonly<Record<string, unknown>>): unknown[] {
  const args: unknown[] = [];
  for (const { name, rest } of signature.parameters) {
    // Own properties only: a missing parameter named `toString` is undefined, not Object's method.
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (!rest) args.push(value);
    else if (Array.isArray(value)) args.push(...(value as unknown[]));
  }
  return args;
}
