/** Stands in the log for what must not be read there. */
export const redacted = '[redacted]';

/** Parts of names, without separators and in lower case, that mark a value as secret. */
const names = 'token|passw(?:or)?d|passphrase|secret|authoriz|apikey|accesskey|privatekey|cookie|credential';
const sensitiveName = new RegExp(`${names}|密码|口令|令牌|密钥|^(?:pwd|pass|auth|jwt|bearer)$`, 'u');

/** Answers by name; names come from clients, so the memory is bounded. */
const known = new Map<string, boolean>();
const knownAtMost = 2_000;

/** Whether a key such as `api_key`, `X-Auth-Token` or `newPassword` holds a secret; case and separators do not count. */
export function isSensitiveName(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const plain = name
    .slice(0, 1_000)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const sensitive = sensitiveName.test(plain);
  if (name.length <= 100) {
    if (known.size >= knownAtMost) known.clear();
    known.set(name, sensitive);
  }
  return sensitive;
}

// All repetitions are bounded or stop at a delimiter, so that hostile text costs linear time.
const spelled = String.raw`[\w.-]{0,40}(?:token|passw(?:or)?d|passphrase|secret|authoriz|api[_-]?key|access[_-]?key|private[_-]?key|cookie|credential)[\w.-]{0,40}`;
const hint = /token|passw|passphrase|secret|authoriz|key|cookie|credential|bearer|basic/i;
/** `"password": "…"`, also with escaped quotes, cut off, or with a nested value (which goes to the end). */
const quotedPair = new RegExp(
  String.raw`(\\{0,8}["']${spelled}\\{0,8}["']\s{0,10}:\s{0,10})(?:"(?:[^"\\]|\\[^])*(?:"|$)|'(?:[^'\\]|\\[^])*(?:'|$)|\\{1,8}"[^]*?(?:\\{1,8}"|$)|[[{][^]*$|[^\s,}\]]+)`,
  'giu',
);
/** `token=…`, as in a query. */
const assigned = new RegExp(String.raw`(\b${spelled}=)[^\s&"',;]+`, 'giu');
const scheme = /\b(bearer|basic)(\s{1,4})[\w.~+/=-]{6,}/gi;

/** Blanks secrets that can be told by what stands before them: JSON pairs, queries, authorization schemes. */
export function redactText(text: string): string {
  if (!hint.test(text)) return text;
  return text
    .replace(scheme, `$1$2${redacted}`)
    .replace(quotedPair, (_, before: string) => `${before}"${redacted}"`)
    .replace(assigned, `$1${redacted}`);
}
