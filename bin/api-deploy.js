#!/usr/bin/env node
import * as module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// What a large start keeps makes V8 put the like of it among what is old, from then on for each request too; there it
// keeps all that it refers to until the next full collection. Before the cache, which is kept by flags.
setFlagsFromString('--no-allocation-site-pretenuring');
// What V8 has compiled is kept for the next start (Node 22 and later); NODE_COMPILE_CACHE says where.
module.enableCompileCache?.();
await import('../dist/main.js');
