import * as z from 'zod';
import type { ZodType } from 'zod';

type Issues = z.core.$ZodRawIssue[];

/** Runs a schema inside a transform of another; what it finds is added to `issues`. */
export function runSchema<T>(schema: ZodType<T>, value: unknown, issues: Issues): T {
  return handOver(schema.safeParse(value), issues);
}

function handOver<T>(result: z.ZodSafeParseResult<T>, issues: Issues): T {
  if (result.success) return result.data;
  issues.push(...copiesOf(result.error.issues));
  return z.NEVER;
}

/** zod changes paths in place while it hands problems upwards. */
function copiesOf(issues: readonly z.core.$ZodIssue[]): Issues {
  return issues.map((issue) => ({ ...issue, path: [...issue.path] }) as z.core.$ZodRawIssue);
}

/**
 * Remembers what schemas made of which object, for the length of one parse. zod does so itself within one
 * run, but not across those that `runSchema()` starts: members of a recursive union that overlap would
 * walk the same values twice as often at every level.
 */
export interface ParseMemory {
  /** The same schema, but it looks at each object once. */
  remember<T>(schema: ZodType<T>): ZodType<T>;
  /** To be called before each parse: objects may have changed since the last one. */
  forget(): void;
}

export function createParseMemory(): ParseMemory {
  let forgotten = 0;
  return {
    remember<T>(schema: ZodType<T>): ZodType<T> {
      let since = forgotten;
      let results = new WeakMap<object, z.ZodSafeParseResult<T>>();
      return z.unknown().transform((value, { issues }) => {
        if (typeof value !== 'object' || value === null) return runSchema(schema, value, issues);
        if (since !== forgotten) results = new WeakMap();
        since = forgotten;
        const result = results.get(value) ?? schema.safeParse(value);
        results.set(value, result);
        return handOver(result, issues);
      });
    },
    forget() {
      forgotten += 1;
    },
  };
}
