import type { Step } from '../../model/scenario.ts';
import type { CompiledStep, StepCompiler } from './compiled-step.ts';
import { compileIf, compileNested, compileParallel, compileSet } from './group-steps.ts';
import { compileForEach, compileRepeat, compileWhile } from './loop-steps.ts';
import { compileApiStep, compileCallStep, compileInlineStep } from './request-steps.ts';
import { compileDelay, compileWaitUntil } from './wait-steps.ts';

export function compileStep(step: Step, compiler: StepCompiler): CompiledStep {
  switch (step.type) {
    case 'api':
      return compileApiStep(step, compiler);
    case 'request':
      return compileInlineStep(step, compiler);
    case 'call':
      return compileCallStep(step, compiler);
    case 'scenario':
      return compileNested(step, compiler);
    case 'if':
      return compileIf(step, compiler);
    case 'forEach':
      return compileForEach(step, compiler);
    case 'while':
      return compileWhile(step, compiler);
    case 'repeat':
      return compileRepeat(step, compiler);
    case 'parallel':
      return compileParallel(step, compiler);
    case 'delay':
      return compileDelay(step, compiler);
    case 'waitUntil':
      return compileWaitUntil(step, compiler);
    case 'set':
      return compileSet(step, compiler);
    default: {
      const check: never = step;
      return check;
    }
  }
}
