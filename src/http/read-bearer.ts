/** The token of an `Authorization: Bearer …` header (RFC 6750), or undefined for any other scheme. */
export function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}
