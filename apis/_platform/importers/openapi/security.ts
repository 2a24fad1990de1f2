import type { Json } from '../../model/json.ts';
import type { Auth } from '../../model/request.ts';
import { at, isObject, objectAt, shorten, textAt } from '../read-node.ts';
import { childOf, type Located } from './documents.ts';
import { followed, note, type Reading } from './reading.ts';

export type SecuritySchemes = ReadonlyMap<string, Located>;

export function readSecuritySchemes(reading: Reading): SecuritySchemes {
  const { root } = reading.documents;
  const node =
    reading.version === '2.0'
      ? childOf(root, 'securityDefinitions')
      : childOf(childOf(root, 'components') as Located, 'securitySchemes');
  return new Map(followed(reading, node));
}

/**
 * The auth of `security`: its first alternative that can be had. Of schemes that hold together the first is taken,
 * the others are noted. Undefined where the document says nothing.
 */
export function readSecurity(
  reading: Reading,
  schemes: SecuritySchemes,
  node: Located<Json | undefined>,
): Auth | undefined {
  if (!Array.isArray(node.value)) return undefined;
  const alternatives = node.value.filter((one) => isObject(one) && Object.keys(one).length > 0);
  if (alternatives.length === 0) return { type: 'none' };
  for (const alternative of alternatives) {
    const [name, ...others] = Object.keys(alternative as object);
    const scheme = schemes.get(name ?? '');
    const auth =
      scheme === undefined ? undefined : toAuth(scheme, name ?? '', scopesOf(alternative, name ?? ''));
    if (auth === undefined || scheme === undefined) continue;
    if (others.length > 0)
      note(reading, node, `security schemes ${others.join(', ')}`, `one auth is sent: '${name}'`);
    return auth;
  }
  const names = alternatives.map((one) => Object.keys(one as object).join(' + ')).join(', ');
  note(
    reading,
    node,
    `security '${shorten(names, 200)}'`,
    'it is not declared, or of a kind that has no counterpart',
  );
  return { type: 'none' };
}

function scopesOf(alternative: Json, name: string): string {
  const scopes = at(alternative, name);
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string').join(' ') : '';
}

/** Values are variables named after the scheme: a document holds none. */
function toAuth(scheme: Located, name: string, scopes: string): Auth | undefined {
  const { value } = scheme;
  const variable = variableName(name);
  switch (textAt(value, 'type')?.toLowerCase()) {
    case 'basic':
      return { type: 'basic', username: `{{${variable}Username}}`, password: `{{${variable}Password}}` };
    case 'http':
      return httpAuth(value, variable);
    case 'apikey': {
      const place = textAt(value, 'in');
      if (place !== 'header' && place !== 'query' && place !== 'cookie') return undefined;
      return { type: 'apiKey', name: textAt(value, 'name') ?? name, value: `{{${variable}}}`, in: place };
    }
    case 'oauth2':
      return oauthAuth(value, variable, scopes);
    case 'openidconnect':
      return { type: 'bearer', token: `{{${variable}Token}}` };
    default:
      return undefined;
  }
}

function httpAuth(value: Json, variable: string): Auth {
  const login = { username: `{{${variable}Username}}`, password: `{{${variable}Password}}` };
  switch (textAt(value, 'scheme')?.toLowerCase()) {
    case 'basic':
      return { type: 'basic', ...login };
    case 'digest':
      return { type: 'digest', ...login };
    case 'bearer':
      return { type: 'bearer', token: `{{${variable}Token}}` };
    default:
      return { type: 'apiKey', name: 'Authorization', value: `{{${variable}}}`, in: 'header' };
  }
}

/** Flows that need a person are left to that person: the token is a variable. */
function oauthAuth(value: Json, variable: string, scopes: string): Auth {
  const flows = objectAt(value, 'flows');
  const oldFlow = textAt(value, 'flow');
  const client = isObject(flows['clientCredentials'])
    ? flows['clientCredentials']
    : oldFlow === 'application'
      ? value
      : undefined;
  const login = isObject(flows['password']) ? flows['password'] : oldFlow === 'password' ? value : undefined;
  const tokenUrl = textAt(client ?? login, 'tokenUrl');
  if (tokenUrl === undefined) return { type: 'bearer', token: `{{${variable}Token}}` };
  return {
    type: 'oauth2',
    grant: client === undefined ? 'password' : 'clientCredentials',
    tokenUrl: /^https?:/.test(tokenUrl) ? tokenUrl : `{{baseUrl}}/${tokenUrl.replace(/^\//, '')}`,
    clientId: `{{${variable}ClientId}}`,
    clientSecret: `{{${variable}ClientSecret}}`,
    ...(client === undefined
      ? { username: `{{${variable}Username}}`, password: `{{${variable}Password}}` }
      : {}),
    ...(scopes === '' ? {} : { scope: scopes }),
  };
}

function variableName(scheme: string): string {
  const words = scheme.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  return name === '' ? 'auth' : name.replace(/^(?=\d)/, 'auth').slice(0, 100);
}
