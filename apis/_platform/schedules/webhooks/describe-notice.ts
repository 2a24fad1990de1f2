import type { RunNotice } from '../../model/schedule.ts';
import { noticeTexts } from './notice-texts.ts';

/** A notice in words, as Markdown that all three chat services understand. */
export interface DescribedNotice {
  title: string;
  lines: string[];
}

export function describeNotice(notice: RunNotice, lang: 'en' | 'zh'): DescribedNotice {
  const texts = noticeTexts[lang];
  const { run, schedule, project, failures } = notice;
  const status = texts.statuses[run.status];
  const lines = [
    ...(notice.event === 'test' ? [texts.test] : []),
    ...(notice.event === 'run.notStarted' ? [texts.notStarted] : []),
    `**${texts.result}**: ${status}`,
    `**${texts.project}**: ${toPlainText(project.name)}`,
    `**${texts.run}**: ${run.id === null ? '' : `#${run.id} `}${toPlainText(run.name)}`,
    `**${texts.requests}**: ${fill(texts.counts, run.counts)}`,
  ];
  if (run.startedAt !== null && run.completedAt !== null) {
    const seconds = (Date.parse(run.completedAt) - Date.parse(run.startedAt)) / 1000;
    lines.push(`**${texts.duration}**: ${seconds.toFixed(1)} s`);
  }
  if (run.error !== undefined) lines.push(toPlainText(`${run.error.code}: ${run.error.message}`));
  if (failures.length > 0) lines.push(`**${texts.failures}**`);
  for (const { name, iteration, message } of failures) {
    const turn = iteration === 0 ? '' : ` (${fill(texts.iteration, { iteration: iteration + 1 })})`;
    lines.push(`- ${toPlainText(name)}${turn}: ${toPlainText(message)}`);
  }
  return { title: `${texts.title} · ${toPlainText(schedule.name)} · ${status}`, lines };
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What servers and testers wrote becomes no link, no mention and no markup; these services know no escapes. */
function toPlainText(text: string): string {
  const wide: Readonly<Record<string, string>> = {
    '[': '［',
    ']': '］',
    '<': '＜',
    '>': '＞',
    '@': '＠',
    '*': '＊',
  };
  const line = text.replace(/\s+/g, ' ').replace(/[[\]<>@*]/g, (char) => wide[char] ?? char);
  return line.length <= 200 ? line : `${line.slice(0, 200)}…`;
}
