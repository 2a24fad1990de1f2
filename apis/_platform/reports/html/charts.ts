import { resultStatuses, type ResultStatus } from '../../model/result.ts';
import { toHtmlText } from './html-text.ts';
import type { PageTexts } from './page-texts.ts';
import type { RunFigures } from './run-figures.ts';

/*
 * SVG without styles of its own: the page's policy allows its one style sheet alone, which colours by class.
 */

/** Shares of the statuses as a ring, with the pass rate of what was judged in its middle. */
export function drawDonut({ counts }: RunFigures, texts: PageTexts): string {
  const total = resultStatuses.reduce((sum, status) => sum + counts[status], 0);
  const radius = 60;
  const around = 2 * Math.PI * radius;
  let drawn = 0;
  const rings = resultStatuses
    .filter((status) => counts[status] > 0)
    .map((status) => {
      const length = (counts[status] / total) * around;
      const ring = `<circle class="stroke-${status}" cx="80" cy="80" r="${radius}" fill="none" stroke-width="24" stroke-dasharray="${fixed(length)} ${fixed(around - length)}" stroke-dashoffset="${fixed(-drawn)}" transform="rotate(-90 80 80)">${tip(`${texts.statuses[status]}: ${counts[status]}`)}</circle>`;
      drawn += length;
      return ring;
    });
  const empty = `<circle class="stroke-none" cx="80" cy="80" r="${radius}" fill="none" stroke-width="24"/>`;
  const rate = passRate(counts);
  const label = rate === undefined ? '–' : `${fixed(rate * 100, 1)} %`;
  return svg(
    { width: 160, height: 160, label: texts.statusChart, name: 'donut' },
    `${rings.join('') || empty}<text x="80" y="86" text-anchor="middle" class="rate">${label}</text>`,
  );
}

/** Share of the passed among those that were judged: what was skipped or cancelled is not. */
export function passRate(counts: Record<ResultStatus, number>): number | undefined {
  const judged = counts.passed + counts.failed + counts.error;
  return judged === 0 ? undefined : counts.passed / judged;
}

export function drawHistogram({ histogram }: RunFigures, texts: PageTexts): string {
  const highest = Math.max(1, ...histogram.map(({ count }) => count));
  const step = 46;
  const floor = 250;
  const bars = histogram.map(({ upTo, count }, index) => {
    const height = (count / highest) * 230;
    const label = upTo === null ? '…' : duration(upTo);
    const bound = upTo === null ? `> ${duration(histogram[index - 1]?.upTo ?? 0)}` : `≤ ${duration(upTo)}`;
    const x = index * step;
    const number =
      count === 0
        ? ''
        : `<text x="${x + 21}" y="${fixed(floor - 6 - height)}" text-anchor="middle">${count}</text>`;
    return `<rect class="bar" x="${x + 2}" y="${fixed(floor - height)}" width="${step - 8}" height="${fixed(height)}">${tip(`${bound}: ${count}`)}</rect>${number}<text x="${x + 21}" y="268" text-anchor="middle">${label}</text>`;
  });
  return svg(
    { width: histogram.length * step, height: 276, label: texts.histogram, name: 'histogram' },
    bars.join(''),
  );
}

export function drawTimeline({ timeline: { buckets, bucketMs } }: RunFigures, texts: PageTexts): string {
  const highest = Math.max(1, ...buckets.map(({ counts }) => sum(counts)));
  const step = Math.max(5, Math.min(40, 600 / Math.max(1, buckets.length)));
  const bars = buckets.flatMap(({ counts, slowest }, index) => {
    let y = 250;
    return resultStatuses
      .filter((status) => counts[status] > 0)
      .map((status) => {
        const height = (counts[status] / highest) * 240;
        y -= height;
        const hint = `+${duration(index * bucketMs)} · ${texts.statuses[status]}: ${counts[status]} · ≤ ${duration(slowest)}`;
        return `<rect class="fill-${status}" x="${fixed(index * step)}" y="${fixed(y)}" width="${fixed(step - 1)}" height="${fixed(height)}">${tip(hint)}</rect>`;
      });
  });
  const end = duration(buckets.length * bucketMs);
  const axis = `<text x="0" y="268">0</text><text x="600" y="268" text-anchor="end">+${end}</text>`;
  return svg({ width: 600, height: 276, label: texts.timeline, name: 'timeline' }, bars.join('') + axis);
}

/** Milliseconds for people. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${fixed(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
  if (milliseconds < 120_000) return `${fixed(milliseconds / 1000, 1)} s`;
  return `${fixed(milliseconds / 60_000, 1)} min`;
}

function svg(box: { width: number; height: number; label: string; name: string }, content: string): string {
  return `<svg id="${box.name}" viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="${toHtmlText(box.label)}">${content}</svg>`;
}

function tip(text: string): string {
  return `<title>${toHtmlText(text)}</title>`;
}

function sum(counts: Record<ResultStatus, number>): number {
  return resultStatuses.reduce((all, status) => all + counts[status], 0);
}

function fixed(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits)));
}
