#!/usr/bin/env node
import * as module from 'node:module';

// What V8 has compiled is kept for the next start (Node 22 and later); NODE_COMPILE_CACHE says where.
module.enableCompileCache?.();
await import('../dist/main.js');
