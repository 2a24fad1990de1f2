import { createHmac } from 'node:crypto';
import type { RunNotice, WebhookFormat } from '../../model/schedule.ts';
import { describeNotice } from './describe-notice.ts';

export interface OpenWebhook {
  format: WebhookFormat;
  url: string;
  secret?: string | undefined;
  lang: 'en' | 'zh';
}

export interface Message {
  url: string;
  headers: [name: string, value: string][];
  body: string;
}

/** WeCom refuses longer texts; the others take more. */
const wecomBytes = 4096;

/** A notice as the receiver of this format takes it, signed where there is a secret. */
export function toMessage(webhook: OpenWebhook, notice: RunNotice, now = new Date()): Message {
  const headers: Message['headers'] = [['content-type', 'application/json; charset=utf-8']];
  const { url, secret, lang } = webhook;
  switch (webhook.format) {
    case 'json': {
      const body = JSON.stringify(notice);
      if (secret !== undefined) headers.push(['x-signature', signJson(secret, body, now)]);
      return { url, headers, body };
    }
    case 'dingtalk': {
      const { title, lines } = describeNotice(notice, lang);
      const markdown = { title, text: [`### ${title}`, ...lines].join('\n\n') };
      const signed = secret === undefined ? url : signDingTalk(url, secret, now);
      return { url: signed, headers, body: JSON.stringify({ msgtype: 'markdown', markdown }) };
    }
    case 'wecom': {
      const { title, lines } = describeNotice(notice, lang);
      const content = cutToBytes([`### ${title}`, ...lines], wecomBytes);
      return { url, headers, body: JSON.stringify({ msgtype: 'markdown', markdown: { content } }) };
    }
    case 'feishu': {
      const signature = secret === undefined ? {} : signFeishu(secret, now);
      return { url, headers, body: JSON.stringify({ ...signature, ...toFeishuCard(notice, lang) }) };
    }
    default: {
      const check: never = webhook.format;
      return check;
    }
  }
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>`. */
function signJson(secret: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** https://open.dingtalk.com/document/robots/customize-robot-security-settings */
function signDingTalk(url: string, secret: string, now: Date): string {
  const timestamp = String(now.getTime());
  const signed = new URL(url);
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set(
    'sign',
    createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'),
  );
  return signed.href;
}

/** The text is the key, and nothing is signed: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
function signFeishu(secret: string, now: Date): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}

function toFeishuCard(notice: RunNotice, lang: 'en' | 'zh') {
  const { title, lines } = describeNotice(notice, lang);
  const { status } = notice.run;
  const template = status === 'passed' ? 'green' : status === 'cancelled' ? 'grey' : 'red';
  return {
    msg_type: 'interactive',
    card: {
      header: { title: { tag: 'plain_text', content: title }, template },
      elements: [{ tag: 'div', text: { tag: 'lark_md', content: lines.join('\n') } }],
    },
  };
}

/** As many whole lines as fit. */
function cutToBytes(lines: readonly string[], limit: number): string {
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line : `${text}\n${line}`;
    if (Buffer.byteLength(longer) > limit - 4) return `${text}\n…`;
    text = longer;
  }
  return text;
}
