import type { Json } from '../../model/json.ts';
import type { Auth } from '../../model/request.ts';
import { at, isObject, objectAt, shorten, textAt } from '../read-node.ts';
import { childOf, type Located } from './documents.ts';
import { followed, note, type Reading } from './reading.ts';

/** Declared schemes by name; those that a requirement named are in `used`. */
export interface SecuritySchemes {
  readonly declared: ReadonlyMap<string, Located>;
  readonly used: Set<string>;
}

export function readSecuritySchemes(reading: Reading): SecuritySchemes {
  const { root } = reading.documents;
  const node =
    reading.version === '2.0'
      ? childOf(root, 'securityDefinitions')
      : childOf(childOf(root, 'components') as Located, 'securitySchemes');
  return { declared: new Map(followed(reading, node)), used: new Set() };
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
  for (const name of alternatives.flatMap((one) => Object.keys(one as object))) schemes.used.add(name);
  if (alternatives.length === 0) return { type: 'none' };
  for (const alternative of alternatives) {
    const [name, ...others] = Object.keys(alternative as object);
    const scheme = schemes.declared.get(name ?? '');
    const auth =
      scheme === undefined ? undefined : toAuth(scheme, name ?? '', scopesOf(alternative, name ?? ''));
    if (auth === undefined || scheme === undefined) continue;
    if (others.length > 0)
      note(reading, node, `security schemes ${others.join(', ')}`, `one auth is sent: '${name}'`);
    const passed = node.value.filter((one) => one !== alternative && isObject(one));
    if (passed.length > 0)
      note(reading, node, `security alternatives ${namesOf(passed)}`, `one auth is sent: '${name}'`);
    noteFlows(reading, scheme, auth);
    return auth;
  }
  const names = namesOf(alternatives);
  note(
    reading,
    node,
    `security '${shorten(names, 200)}'`,
    'it is not declared, or of a kind that has no counterpart',
  );
  return { type: 'none' };
}

function namesOf(alternatives: readonly Json[]): string {
  const names = alternatives.map((one) => Object.keys(one as object).join(' + ') || 'none at all');
  return shorten(names.join(', '), 200);
}

/** Of the flows of OAuth 2 one is taken, or none where each needs a person. */
function noteFlows(reading: Reading, scheme: Located, auth: Auth): void {
  const type = textAt(scheme.value, 'type')?.toLowerCase();
  const oldFlow = textAt(scheme.value, 'flow');
  const flows = Object.keys(objectAt(scheme.value, 'flows')).filter((name) => !name.startsWith('x-'));
  const names = type === 'oauth2' ? [...flows, ...(oldFlow === undefined ? [] : [oldFlow])] : [];
  if (auth.type === 'oauth2') {
    const taken = auth.grant === 'password' ? ['password'] : ['clientCredentials', 'application'];
    const others = names.filter((name) => !taken.includes(name));
    if (others.length > 0) note(reading, scheme, `flows ${others.join(', ')}`, `'${auth.grant}' is used`);
  } else if (names.length > 0 || type === 'openidconnect') {
    const what = names.length > 0 ? `flows ${names.join(', ')}` : 'OpenID Connect';
    note(reading, scheme, what, 'a person has to log in: put the token into the variable of the auth');
  }
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
