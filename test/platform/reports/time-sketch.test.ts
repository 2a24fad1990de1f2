import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeSketch } from '../../../apis/_platform/reports/time-sketch.ts';

describe('percentiles', () => {
  test('lie within 1 % of the exact ones, whatever the times are', () => {
    const times = fc.array(fc.double({ min: 0.01, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1), (values, share) => {
        const sketch = createTimeSketch();
        values.forEach((value) => sketch.add(value));
        const exact =
          [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? NaN;
        const found = sketch.percentile(share) ?? NaN;
        // Both are rounded to a microsecond.
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.0101 + 0.0006);
      }),
      { verbose: true },
    );
  });

  test('are null without values, and exact for one', () => {
    const sketch = createTimeSketch();
    expect(sketch.summary()).toEqual({
      count: 0,
      min: null,
      max: null,
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
    });
    sketch.add(12.5);
    expect(sketch.summary()).toEqual({
      count: 1,
      min: 12.5,
      max: 12.5,
      mean: 12.5,
      p50: 12.5,
      p90: 12.5,
      p95: 12.5,
      p99: 12.5,
    });
  });

  test('a time of zero counts', () => {
    const sketch = createTimeSketch();
    [0, 0, 5].forEach((value) => sketch.add(value));
    expect(sketch.summary()).toMatchObject({ count: 3, min: 0, max: 5 });
    expect(sketch.percentile(0.5)).toBeLessThanOrEqual(0.001);
  });
});
