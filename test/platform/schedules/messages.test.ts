import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RunNotice } from '../../../apis/_platform/model/schedule.ts';
import { toMessage, type OpenWebhook } from '../../../apis/_platform/schedules/webhooks/to-message.ts';

const notice: RunNotice = {
  event: 'run.ended',
  schedule: { id: 3, name: '每晚回归' },
  project: { id: 1, name: 'shop' },
  run: {
    id: 42,
    name: '每晚回归',
    type: 'scenario',
    status: 'failed',
    counts: { total: 10, passed: 8, failed: 1, error: 1, skipped: 0, cancelled: 0 },
    startedAt: '2026-03-01T02:00:00.000Z',
    completedAt: '2026-03-01T02:00:12.500Z',
  },
  failures: [
    {
      name: 'Pay',
      iteration: 2,
      path: 'steps[1]',
      status: 'failed',
      message: 'status: expected 201, got 402',
    },
    {
      name: '[click](https://evil.test) <@all> @all **x**',
      iteration: 0,
      path: 'a',
      status: 'error',
      message: 'm',
    },
  ],
};
const now = new Date('2026-03-01T02:01:00.000Z');

function send(webhook: Partial<OpenWebhook>) {
  const { url, headers, body } = toMessage(
    { format: 'json', url: 'https://hooks.test/x?key=abc', lang: 'zh', ...webhook },
    notice,
    now,
  );
  return { url, headers: Object.fromEntries(headers), text: body, body: JSON.parse(body) };
}

describe('messages about runs', () => {
  test('json: the notice as it is, signed over its time and body', () => {
    const { url, headers, text, body } = send({ secret: 'shh' });
    expect(url).toBe('https://hooks.test/x?key=abc');
    expect(body).toEqual(notice);
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-signature'] ?? '') ?? [];
    expect(Number(seconds)).toBe(now.getTime() / 1000);
    expect(signature).toBe(createHmac('sha256', 'shh').update(`${seconds}.${text}`).digest('hex'));
    expect(send({}).headers['x-signature']).toBeUndefined();
  });

  test('DingTalk: Markdown in Chinese; time and signature in the address', () => {
    const { url, body } = send({ format: 'dingtalk', secret: 'SEC1' });
    expect(body.msgtype).toBe('markdown');
    expect(body.markdown.title).toBe('接口测试 · 每晚回归 · 失败');
    expect(body.markdown.text).toContain('共 10，通过 8，失败 1，错误 1，跳过 0');
    expect(body.markdown.text).toContain('- Pay (第 3 轮): status: expected 201, got 402');
    const query = new URL(url).searchParams;
    expect(query.get('key')).toBe('abc');
    expect(query.get('timestamp')).toBe(String(now.getTime()));
    const expected = createHmac('sha256', 'SEC1').update(`${now.getTime()}\nSEC1`).digest('base64');
    expect(query.get('sign')).toBe(expected);
  });

  test('Feishu: a card; time and signature in the body', () => {
    const { url, body } = send({ format: 'feishu', secret: 'SEC2', lang: 'en' });
    expect(url).toBe('https://hooks.test/x?key=abc');
    expect(body.msg_type).toBe('interactive');
    expect(body.card.header).toEqual({
      title: { tag: 'plain_text', content: 'API test · 每晚回归 · failed' },
      template: 'red',
    });
    expect(body.timestamp).toBe(String(now.getTime() / 1000));
    const key = `${body.timestamp}\nSEC2`;
    expect(body.sign).toBe(createHmac('sha256', key).update('').digest('base64'));
    expect(send({ format: 'feishu' }).body.sign).toBeUndefined();
  });

  test('WeCom: Markdown that is never longer than it takes', () => {
    const { body } = send({ format: 'wecom' });
    expect(body.msgtype).toBe('markdown');
    expect(body.markdown.content).toContain('**结果**: 失败');
    const failures = Array.from({ length: 60 }, (_, iteration) => ({
      ...notice.failures[0],
      iteration,
      message: '失败'.repeat(100),
    }));
    const long = toMessage(
      { format: 'wecom', url: 'https://hooks.test/x', lang: 'zh' },
      { ...notice, failures: failures as RunNotice['failures'] },
    );
    const { content } = JSON.parse(long.body).markdown;
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096);
    expect(content.endsWith('…')).toBe(true);
  });

  test('what testers and servers wrote is no markup and mentions nobody', () => {
    const text: string = send({ format: 'wecom' }).body.markdown.content;
    expect(text).toContain('［click］(https://evil.test) ＜＠all＞ ＠all ＊＊x＊＊');
    expect(text).not.toContain('](');
  });
});
