import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Platform } from '../../service/platform.ts';
import { print } from './print.ts';
import type { ReporterName, RunCommand } from './run-command.ts';
import { texts } from './texts.ts';

export interface Reported {
  /** Id of the run. */
  readonly run: number;
  readonly command: RunCommand;
  readonly projectDir: string;
}

const endings: Readonly<Record<Exclude<ReporterName, 'console'>, string>> = {
  junit: 'xml',
  json: 'json',
  html: 'html',
};

/**
 * Writes all reports but the one on the console: to `--out`, a file for one report and a folder for several; without
 * it to stdout, when that is the only one, else to the working folder.
 */
export async function writeReports(
  platform: Platform,
  { run, command, projectDir }: Reported,
): Promise<void> {
  const { reporters, out, lang } = command;
  const names = reporters.filter((name) => name !== 'console');
  for (const name of names) {
    const body = name === 'html' ? { run, lang } : { run };
    const report = await platform.call<Response>(`/reports/${name}`, body);
    if (out === undefined && reporters.length === 1) {
      for await (const chunk of report.body ?? []) await print(Buffer.from(chunk));
      continue;
    }
    const isOneFile = out !== undefined && names.length === 1 && extname(out) !== '';
    const file = resolve(projectDir, isOneFile ? out : join(out ?? '.', `report.${endings[name]}`));
    await mkdir(dirname(file), { recursive: true });
    await pipeline(Readable.from(report.body ?? []), createWriteStream(file));
    process.stderr.write(`${texts[lang].written(file)}\n`);
  }
}
