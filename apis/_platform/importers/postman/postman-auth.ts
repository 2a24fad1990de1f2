import type { Json } from '../../model/json.ts';
import type { Auth } from '../../model/request.ts';
import { asText, at, isObject, textAt } from '../read-node.ts';

/** The `auth` of a collection, folder or request; `undefined` where it says nothing, a reason where there is no counterpart. */
export function readPostmanAuth(value: Json | undefined): { auth: Auth } | { reason: string } | undefined {
  if (value === undefined) return undefined;
  // `null` is what version 2.0 writes for none.
  if (value === null) return { auth: { type: 'none' } };
  const type = textAt(value, 'type');
  if (!isObject(value) || type === undefined) return { reason: "it has no 'type'" };
  const values = valuesOf(at(value, type));
  const text = (key: string): string => asText(values.get(key) ?? '');
  switch (type) {
    case 'noauth':
      return { auth: { type: 'none' } };
    case 'basic':
    case 'digest':
      return { auth: { type, username: text('username'), password: text('password') } };
    case 'bearer':
      return { auth: { type, token: text('token') } };
    case 'apikey': {
      const place = text('in') === 'query' ? 'query' : 'header';
      const name = text('key');
      if (name === '') return { reason: 'its key has no name' };
      return { auth: { type: 'apiKey', name, value: text('value'), in: place } };
    }
    case 'awsv4':
      return {
        auth: {
          type: 'awsSigV4',
          accessKeyId: text('accessKey'),
          secretAccessKey: text('secretKey'),
          ...(text('sessionToken') === '' ? {} : { sessionToken: text('sessionToken') }),
          region: text('region') || 'us-east-1',
          service: text('service') || 'execute-api',
        },
      };
    case 'oauth2':
      return oauth(text);
    default:
      return { reason: `auth of type '${type}' has no counterpart` };
  }
}

function oauth(text: (key: string) => string): { auth: Auth } | { reason: string } {
  const grant = text('grant_type');
  if (text('accessTokenUrl') !== '' && (grant === 'client_credentials' || grant === 'password_credentials')) {
    const optional = ([key, value]: [string, string]): Record<string, string> =>
      value === '' ? {} : { [key]: value };
    const login = grant === 'password_credentials';
    return {
      auth: {
        type: 'oauth2',
        grant: login ? 'password' : 'clientCredentials',
        tokenUrl: text('accessTokenUrl'),
        clientId: text('clientId'),
        ...optional(['clientSecret', text('clientSecret')]),
        ...(login ? { username: text('username'), password: text('password') } : {}),
        ...optional(['scope', text('scope')]),
        ...(text('client_authentication') === 'body' ? { clientAuth: 'body' as const } : {}),
      },
    };
  }
  if (text('accessToken') !== '') return { auth: { type: 'bearer', token: text('accessToken') } };
  return {
    reason: `OAuth 2 with the grant '${grant || 'authorization_code'}' needs a person: use a bearer token`,
  };
}

/** Version 2.1 has a list of `{key, value}`, version 2.0 an object. */
function valuesOf(value: Json | undefined): Map<string, Json> {
  if (Array.isArray(value)) {
    return new Map(
      value.flatMap((one): [string, Json][] => [[textAt(one, 'key') ?? '', at(one, 'value') ?? '']]),
    );
  }
  return new Map(isObject(value) ? Object.entries(value) : []);
}
