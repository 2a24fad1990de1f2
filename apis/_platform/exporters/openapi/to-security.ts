import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../importers/read-node.ts';
import type { Json } from '../../model/json.ts';
import type { Auth } from '../../model/request.ts';

/** The security schemes of a document, gathered from the auth of its parts. */
export class SecuritySchemes {
  readonly #schemes = new Map<string, JsonObject>();

  /** `security` for an auth; undefined where it says nothing. */
  requirement(auth: Auth | undefined): Json[] | undefined {
    if (auth === undefined || auth.type === 'inherit') return undefined;
    if (auth.type === 'none') return [];
    const scheme = toScheme(auth);
    const scopes =
      auth.type === 'oauth2' ? (auth.scope ?? '').split(' ').filter((scope) => scope !== '') : [];
    return [{ [this.#nameOf(nameFor(auth), scheme)]: scopes }];
  }

  all(): JsonObject {
    return Object.fromEntries(this.#schemes);
  }

  #nameOf(base: string, scheme: JsonObject): string {
    for (let turn = 1; ; turn++) {
      const name = turn === 1 ? base : `${base}_${turn}`;
      const present = this.#schemes.get(name);
      if (present === undefined) this.#schemes.set(name, scheme);
      if (present === undefined || isDeepStrictEqual(present, scheme)) return name;
    }
  }
}

type SentAuth = Exclude<Auth, { type: 'inherit' } | { type: 'none' }>;

/** A value of a document is never written out: the scheme is named after the variable that holds it. */
function nameFor(auth: SentAuth): string {
  const variable = (text: string, suffix: string): string | undefined =>
    new RegExp(`^\\{\\{([\\w.-]+)${suffix}\\}\\}$`).exec(text)?.[1];
  switch (auth.type) {
    case 'basic':
    case 'digest':
      return variable(auth.username, 'Username') ?? `${auth.type}Auth`;
    case 'bearer':
      return variable(auth.token, 'Token') ?? 'bearerAuth';
    case 'apiKey':
      return variable(auth.value, '') ?? 'apiKeyAuth';
    case 'oauth2':
      return variable(auth.clientId, 'ClientId') ?? 'oauth2Auth';
    case 'awsSigV4':
      return 'awsSigV4Auth';
    default: {
      const never: never = auth;
      return never;
    }
  }
}

function toScheme(auth: SentAuth): JsonObject {
  switch (auth.type) {
    case 'basic':
    case 'digest':
    case 'bearer':
      return { type: 'http', scheme: auth.type };
    case 'apiKey':
      return { type: 'apiKey', name: auth.name, in: auth.in };
    case 'oauth2': {
      const scopes = (auth.scope ?? '').split(' ').filter((scope) => scope !== '');
      const flow = {
        tokenUrl: auth.tokenUrl,
        scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])),
      };
      return { type: 'oauth2', flows: { [auth.grant]: flow } };
    }
    case 'awsSigV4':
      return {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      };
    default: {
      const never: never = auth;
      return never;
    }
  }
}
