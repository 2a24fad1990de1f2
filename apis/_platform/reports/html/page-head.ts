import { createHash } from 'node:crypto';
import { resultStatuses } from '../../model/result.ts';
import type { Language, RunEnd, RunHead } from '../reporter.ts';
import { drawDonut, drawHistogram, drawTimeline, duration, passRate } from './charts.ts';
import { toHtmlText, toScriptJson } from './html-text.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { fillText, pageTexts, type PageTexts } from './page-texts.ts';
import type { RunFigures } from './run-figures.ts';

export interface PageParts {
  head: RunHead;
  end: RunEnd;
  figures: RunFigures;
  lang: Language;
}

/**
 * What the page may do: show its own style and run its own script, both by their digest. It can load nothing and
 * send nothing, whatever a stored answer holds.
 */
const policy = [
  "default-src 'none'",
  `style-src '${digestOf(pageStyle)}'`,
  `script-src '${digestOf(pageScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Everything above the results. */
export function writePageHead(parts: PageParts): string {
  const { head, end, figures, lang } = parts;
  const texts = pageTexts[lang];
  const language = lang === 'zh' ? 'zh-CN' : 'en';
  const step = fillText(texts.timelineStep, { step: duration(figures.timeline.bucketMs) });
  const problem =
    end.error === undefined
      ? ''
      : `<p class="problem">${toHtmlText(`${end.error.code}: ${end.error.message}`)}</p>\n`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${toHtmlText(`${texts.title} · ${head.name}`)}</title>
<style>${pageStyle}</style>
</head>
<body>
<h1>${toHtmlText(head.name)} <span id="status" class="badge back-${end.status}">${texts.statuses[end.status]}</span></h1>
${problem}<dl class="facts">${factsOf(parts, texts)}</dl>
<div class="charts">
<figure><figcaption>${texts.statusChart}</figcaption>${drawDonut(figures, texts)}${legendOf(figures, texts)}</figure>
<figure><figcaption>${texts.histogram}</figcaption>${drawHistogram(figures, texts)}</figure>
<figure><figcaption>${texts.timeline} <span>(${step})</span></figcaption>${drawTimeline(figures, texts)}</figure>
</div>
<h2>${texts.results}</h2>
<noscript><p class="notice">${texts.needsScript}</p></noscript>
${filterOf(figures, texts)}
<table><thead><tr><th class="narrow">${texts.status}</th><th class="narrow">${texts.iteration}</th><th class="middle">${texts.name}</th><th class="narrow">${texts.method}</th><th>URL</th><th class="narrow">${texts.answer}</th><th class="narrow number">${texts.time}</th></tr></thead><tbody id="list"></tbody></table>
<p id="nothing" class="soft" hidden>${texts.nothing}</p>
<div class="pager"><button type="button" id="previous">${texts.previous}</button><span id="where" class="soft"></span><button type="button" id="next">${texts.next}</button></div>
<script type="application/json" id="texts">${toScriptJson(texts)}</script>
`;
}

/** Everything below the results. */
export function writePageEnd(cut: { rowsCut: number; detailsCut: number }, lang: Language): string {
  const texts = pageTexts[lang];
  const notices = [
    ...(cut.rowsCut > 0 ? [fillText(texts.cutRows, { count: cut.rowsCut })] : []),
    ...(cut.detailsCut > 0 ? [fillText(texts.cutDetails, { count: cut.detailsCut })] : []),
  ].map((text) => `<p class="notice">${text}</p>\n`);
  return `${notices.join('')}<script>${pageScript}</script>\n</body>\n</html>\n`;
}

function factsOf({ head, end, figures, lang }: PageParts, texts: PageTexts): string {
  const { times, assertions, counts, iterations } = figures;
  const rate = passRate(counts);
  const spent =
    head.startedAt === undefined || end.completedAt === undefined
      ? undefined
      : Date.parse(end.completedAt) - Date.parse(head.startedAt);
  const percentiles = { p50: times.p50, p90: times.p90, p95: times.p95, p99: times.p99, max: times.max };
  const facts: [string, string | undefined][] = [
    [texts.project, head.project],
    [texts.environment, head.environment],
    [texts.type, texts.types[head.type]],
    [texts.record, head.id === undefined ? undefined : `#${head.id}`],
    [texts.started, head.startedAt === undefined ? undefined : toMoment(head.startedAt, lang)],
    [texts.duration, spent === undefined ? undefined : duration(spent)],
    [texts.iterations, String(iterations)],
    [texts.requests, resultStatuses.reduce((sum, status) => sum + counts[status], 0).toString()],
    [texts.passRate, rate === undefined ? undefined : `${(rate * 100).toFixed(1)} %`],
    [texts.assertions, `${assertions.passed} / ${assertions.passed + assertions.failed + assertions.error}`],
    ...Object.entries(percentiles).map(([name, time]): [string, string | undefined] => [
      `${texts.times} ${name}`,
      time === null ? undefined : duration(time),
    ]),
  ];
  return facts
    .filter((fact): fact is [string, string] => fact[1] !== undefined)
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${toHtmlText(value)}</dd></div>`)
    .join('');
}

/** In UTC: a page that is sent around says the same to everybody. */
function toMoment(iso: string, lang: Language): string {
  const format = new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  });
  return `${format.format(new Date(iso))} UTC`;
}

function legendOf({ counts }: RunFigures, texts: PageTexts): string {
  const items = resultStatuses.map(
    (status) =>
      `<li class="text-${status}">${texts.statuses[status]} <b data-count="${status}">${counts[status]}</b></li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function filterOf({ counts, iterations }: RunFigures, texts: PageTexts): string {
  const boxes = resultStatuses
    .filter((status) => counts[status] > 0)
    .map(
      (status) =>
        `<label class="text-${status}"><input type="checkbox" value="${status}" checked autocomplete="off"> ${texts.statuses[status]}</label>`,
    );
  const turn = `<label>${texts.iteration} <input name="iteration" type="number" min="1" max="${Math.max(1, iterations)}" placeholder="${texts.allIterations}" autocomplete="off"></label>`;
  return `<form id="filter">${boxes.join('')}<input type="search" name="search" placeholder="${texts.search}" aria-label="${texts.search}" autocomplete="off">${turn}<label>${texts.order} <select name="order" autocomplete="off"><option value="completed">${texts.byOrder}</option><option value="slowest">${texts.bySlowest}</option></select></label></form>`;
}
