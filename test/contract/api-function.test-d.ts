import { z } from 'zod';
import { apiFunction, type CallContext } from '../../src/index.ts';

/** Compiled by `npm run types`; never run. */

// Defaults give parameters their type.
const greeted: string = apiFunction((name = 'World') => name)();
void greeted;

// An explicit schema types the function's input …
apiFunction(({ id, tags }, context: CallContext) => [id.toFixed(), tags?.length, context.requestId], {
  input: z.object({ id: z.number(), tags: z.array(z.string()).optional() }),
});

// … and must agree with a type that is written out.
apiFunction((input: { id: number }) => input.id, { input: z.object({ id: z.number() }) });
// @ts-expect-error the schema gives a string, the function takes a number
apiFunction((input: { id: number }) => input.id, { input: z.object({ id: z.string() }) });
// @ts-expect-error with a schema, a function takes one object
apiFunction((id: number, name: string) => [id, name], { input: z.object({ id: z.number() }) });
// @ts-expect-error there is no such role
apiFunction(() => 1, { roles: ['root'] });
// @ts-expect-error only functions are served
apiFunction(42);
