import type { ConfigProblem } from './config-error.ts';
import type { MergedConfig } from './config-layer.ts';

/** Tokens that are published with the project (`config.ts`, `.env.example`, the documentation). */
export const sampleTokens: readonly string[] = [
  'dev-token',
  'dev-admin-token',
  'change-me-business-token',
  'change-me-admin-token',
];

/** Shorter tokens can be guessed; production refuses them. Characters. */
export const minimumTokenLength = 16;

const tokenKeys = ['validTokens', 'adminTokens'] as const;
type TokenLists = Readonly<Record<(typeof tokenKeys)[number], readonly string[]>>;

/** What production refuses. Messages name tokens by their place in the list, never by their value. */
export function productionTokenProblems(
  tokens: TokenLists,
  sources: MergedConfig['sources'],
): ConfigProblem[] {
  if (tokenKeys.every((key) => tokens[key].length === 0)) {
    const message =
      'expected at least one token in VALID_TOKENS or ADMIN_TOKENS with NODE_ENV=production, got none';
    return [{ key: 'validTokens, adminTokens', message, source: sources.validTokens ?? 'default' }];
  }
  return tokenKeys.flatMap((key) =>
    tokens[key].flatMap((token, index) => {
      const reason = refusal(token);
      const place = `token ${index + 1} of ${tokens[key].length}`;
      return reason === undefined
        ? []
        : [{ key, message: `${place} ${reason}`, source: sources[key] ?? 'default' }];
    }),
  );
}

function refusal(token: string): string | undefined {
  const wayOut = "set one of your own, for example from 'openssl rand -hex 24'";
  if (sampleTokens.includes(token))
    return `is a published sample, refused with NODE_ENV=production; ${wayOut}`;
  if (token.length >= minimumTokenLength) return undefined;
  return `has ${token.length} characters, expected at least ${minimumTokenLength} with NODE_ENV=production; ${wayOut}`;
}

/** Without repeats; a token in both lists is an admin token and is left out of the business list. */
export function separateTokens(tokens: TokenLists): { lists: TokenLists; inBoth: number } {
  const adminTokens = [...new Set(tokens.adminTokens)];
  const business = [...new Set(tokens.validTokens)];
  const validTokens = business.filter((token) => !adminTokens.includes(token));
  return { lists: { validTokens, adminTokens }, inBoth: business.length - validTokens.length };
}
