import type { RunStatus } from '../../model/result.ts';

const english = {
  statuses: {
    passed: 'passed',
    failed: 'failed',
    error: 'error',
    cancelled: 'cancelled',
    interrupted: 'interrupted',
    queued: 'queued',
    running: 'running',
  } satisfies Record<RunStatus, string>,
  title: 'API test',
  test: 'This is a test message.',
  notStarted: 'The run could not be started.',
  project: 'Project',
  run: 'Run',
  result: 'Result',
  requests: 'Requests',
  counts: 'total {total}, passed {passed}, failed {failed}, errors {error}, skipped {skipped}',
  duration: 'Duration',
  failures: 'Not passed',
  iteration: 'iteration {iteration}',
};

export type NoticeTexts = typeof english;

const chinese: NoticeTexts = {
  statuses: {
    passed: '通过',
    failed: '失败',
    error: '错误',
    cancelled: '已取消',
    interrupted: '已中断',
    queued: '排队中',
    running: '运行中',
  },
  title: '接口测试',
  test: '这是一条测试消息。',
  notStarted: '运行未能启动。',
  project: '项目',
  run: '运行记录',
  result: '结果',
  requests: '请求',
  counts: '共 {total}，通过 {passed}，失败 {failed}，错误 {error}，跳过 {skipped}',
  duration: '总时长',
  failures: '未通过',
  iteration: '第 {iteration} 轮',
};

export const noticeTexts: Readonly<Record<'en' | 'zh', NoticeTexts>> = { en: english, zh: chinese };
