import type { ResultStatus, RunStatus } from '../../model/result.ts';
import type { Language } from '../reporter.ts';

interface ConsoleTexts {
  statuses: Readonly<Record<ResultStatus | RunStatus, string>>;
  iteration: (number: number) => string;
  noAnswer: string;
  expected: string;
  actual: string;
  notExtracted: (name: string) => string;
  results: string;
  assertions: string;
  unchecked: (answers: { count: number; refused: number }) => string;
  times: string;
  duration: string;
  notPassed: string;
  more: (count: number) => string;
}

const english: ConsoleTexts = {
  statuses: {
    passed: 'passed',
    failed: 'failed',
    error: 'error',
    skipped: 'skipped',
    cancelled: 'cancelled',
    queued: 'queued',
    running: 'running',
    interrupted: 'interrupted',
  },
  iteration: (number) => `iteration ${number}`,
  noAnswer: 'no answer',
  expected: 'expected',
  actual: 'actual',
  notExtracted: (name) => `nothing was extracted into '${name}'`,
  results: 'Requests',
  assertions: 'Assertions',
  unchecked: ({ count, refused }) =>
    `Without assertions: ${count} passed whatever the answer${refused === 0 ? '' : `, ${refused} of them with a status of 400 or more`}`,
  times: 'Times',
  duration: 'Duration',
  notPassed: 'Not passed',
  more: (count) => `… and ${count} more`,
};

const chinese: ConsoleTexts = {
  statuses: {
    passed: '通过',
    failed: '失败',
    error: '错误',
    skipped: '跳过',
    cancelled: '已取消',
    queued: '排队中',
    running: '运行中',
    interrupted: '已中断',
  },
  iteration: (number) => `第 ${number} 轮`,
  noAnswer: '无响应',
  expected: '期望',
  actual: '实际',
  notExtracted: (name) => `未能提取变量“${name}”`,
  results: '请求',
  assertions: '断言',
  unchecked: ({ count, refused }) =>
    `没有断言: ${count} 个无论响应如何都算通过${refused === 0 ? '' : `，其中 ${refused} 个的状态码不低于 400`}`,
  times: '耗时',
  duration: '总时长',
  notPassed: '未通过',
  more: (count) => `…… 另有 ${count} 条`,
};

export const consoleTexts: Readonly<Record<Language, ConsoleTexts>> = { en: english, zh: chinese };
