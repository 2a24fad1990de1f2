/**
 * The language among `offered` that an `Accept-Language` header (RFC 9110) likes best; the first one when it
 * likes none, or says nothing. `zh-CN` asks for `zh`.
 */
export function preferredLanguage<L extends string>(
  header: string | undefined,
  offered: readonly [L, ...L[]],
): L {
  let best = offered[0];
  let bestWeight = 0;
  for (const range of (header ?? '').split(',')) {
    const [, tag = '', weight = '1'] =
      /^\s*([a-z]{1,8}|\*)(?:-[\w-]*)?\s*(?:;\s*q=([\d.]{1,5}))?\s*$/i.exec(range) ?? [];
    const language = offered.find((one) => one === tag.toLowerCase());
    if (language !== undefined && Number(weight) > bestWeight) {
      best = language;
      bestWeight = Number(weight);
    }
  }
  return best;
}
