import type { JsonObject } from '../../importers/read-node.ts';
import type { Auth } from '../../model/request.ts';

/** Auth as Postman 2.1 writes it; undefined where it is inherited. */
export function toPostmanAuth(auth: Auth | undefined): JsonObject | undefined {
  switch (auth?.type) {
    case undefined:
    case 'inherit':
      return undefined;
    case 'none':
      return { type: 'noauth' };
    case 'basic':
    case 'digest':
      return withValues(auth.type, { username: auth.username, password: auth.password });
    case 'bearer':
      return withValues('bearer', { token: auth.token });
    case 'apiKey':
      return withValues('apikey', { key: auth.name, value: auth.value, in: auth.in });
    case 'awsSigV4':
      return withValues('awsv4', {
        accessKey: auth.accessKeyId,
        secretKey: auth.secretAccessKey,
        region: auth.region,
        service: auth.service,
        sessionToken: auth.sessionToken,
      });
    case 'oauth2':
      return withValues('oauth2', {
        grant_type: auth.grant === 'password' ? 'password_credentials' : 'client_credentials',
        accessTokenUrl: auth.tokenUrl,
        clientId: auth.clientId,
        clientSecret: auth.clientSecret,
        username: auth.username,
        password: auth.password,
        scope: auth.scope,
        client_authentication: auth.clientAuth ?? 'header',
        addTokenTo: 'header',
      });
    default: {
      const never: never = auth;
      return never;
    }
  }
}

function withValues(type: string, values: Record<string, string | undefined>): JsonObject {
  const list = Object.entries(values)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => ({ key, value, type: 'string' }));
  return { type, [type]: list };
}
