import type { Json } from '../../model/json.ts';
import type { Auth } from '../../model/request.ts';
import { at, isObject, textAt } from '../read-node.ts';

/** The `authentication` of a request or folder: undefined where it says nothing, a reason where there is no counterpart. */
export function readInsomniaAuth(value: Json | undefined): { auth: Auth } | { reason: string } | undefined {
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  if (at(value, 'disabled') === true) return { auth: { type: 'none' } };
  const text = (key: string): string => textAt(value, key) ?? '';
  switch (text('type')) {
    case '':
      return undefined;
    case 'none':
      return { auth: { type: 'none' } };
    case 'basic':
    case 'digest':
      return {
        auth: {
          type: text('type') as 'basic' | 'digest',
          username: text('username'),
          password: text('password'),
        },
      };
    case 'bearer': {
      const prefix = text('prefix');
      if (prefix === '' || /^bearer$/i.test(prefix))
        return { auth: { type: 'bearer', token: text('token') } };
      return {
        auth: { type: 'apiKey', name: 'Authorization', value: `${prefix} ${text('token')}`, in: 'header' },
      };
    }
    case 'apikey': {
      const place = { queryParams: 'query', cookie: 'cookie' }[text('addTo')] ?? 'header';
      if (text('key') === '') return { reason: 'its key has no name' };
      return {
        auth: {
          type: 'apiKey',
          name: text('key'),
          value: text('value'),
          in: place as 'header' | 'query' | 'cookie',
        },
      };
    }
    case 'iam':
      return {
        auth: {
          type: 'awsSigV4',
          accessKeyId: text('accessKeyId'),
          secretAccessKey: text('secretAccessKey'),
          ...(text('sessionToken') === '' ? {} : { sessionToken: text('sessionToken') }),
          region: text('region') || 'us-east-1',
          service: text('service') || 'execute-api',
        },
      };
    case 'oauth2':
      return oauth(value);
    default:
      return { reason: `auth of type '${text('type')}' has no counterpart` };
  }
}

function oauth(value: Json): { auth: Auth } | { reason: string } {
  const text = (key: string): string => textAt(value, key) ?? '';
  const grant = text('grantType');
  if ((grant !== 'client_credentials' && grant !== 'password') || text('accessTokenUrl') === '') {
    return {
      reason: `OAuth 2 with the grant '${grant || 'authorization_code'}' needs a person: use a bearer token`,
    };
  }
  return {
    auth: {
      type: 'oauth2',
      grant: grant === 'password' ? 'password' : 'clientCredentials',
      tokenUrl: text('accessTokenUrl'),
      clientId: text('clientId'),
      ...(text('clientSecret') === '' ? {} : { clientSecret: text('clientSecret') }),
      ...(grant === 'password' ? { username: text('username'), password: text('password') } : {}),
      ...(text('scope') === '' ? {} : { scope: text('scope') }),
      ...(at(value, 'credentialsInBody') === true ? { clientAuth: 'body' as const } : {}),
    },
  };
}
