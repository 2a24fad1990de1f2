/** One document of each format, with something of everything; what the fuzz tests change. */
export const openApi30 = {
  openapi: '3.0.3',
  info: { title: 'Shop', version: '1', description: 'A shop' },
  servers: [
    {
      url: 'https://{region}.shop.example/v1',
      description: 'Live',
      variables: { region: { default: 'eu' } },
    },
    { url: 'http://localhost:3000' },
  ],
  tags: [{ name: 'orders', description: 'What people buy' }],
  security: [{ bearerAuth: [] }],
  paths: {
    '/orders/{orderId}': {
      parameters: [{ $ref: '#/components/parameters/orderId' }],
      get: {
        tags: ['orders'],
        operationId: 'getOrder',
        summary: 'Get an order',
        parameters: [
          {
            name: 'fields',
            in: 'query',
            schema: { type: 'array', items: { type: 'string' } },
            example: ['id', 'total'],
          },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            required: true,
            schema: { type: 'object', properties: { from: { type: 'string', format: 'date' } } },
          },
          {
            name: 'X-Trace',
            in: 'header',
            required: true,
            schema: { type: 'string', pattern: '^[a-f]{4}-\\d{2}$' },
          },
          { name: 'session', in: 'cookie', required: true, schema: { type: 'string', example: 'abc' } },
          { name: 'theme', in: 'cookie', schema: { type: 'string', enum: ['dark', 'light'] } },
          { name: 'size', in: 'cookie', schema: { type: 'integer' } },
        ],
        responses: {
          200: {
            description: 'ok',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
          },
        },
      },
      put: {
        tags: ['orders'],
        security: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
        },
        responses: { 204: { description: 'done' } },
      },
      delete: {
        tags: ['orders'],
        security: [{ key: [] }],
        responses: { default: { description: 'whatever' } },
        callbacks: { a: {} },
      },
    },
    '/upload': {
      post: {
        servers: [{ url: 'https://upload.shop.example' }],
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: {
                  file: { type: 'string', format: 'binary' },
                  note: { type: 'string' },
                  meta: { type: 'object', properties: { a: { type: 'integer' } } },
                },
              },
            },
          },
        },
        responses: { 200: { description: 'ok' } },
      },
    },
    '/login': {
      post: {
        security: [{ basic: [] }, { key: [] }],
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: { user: { type: 'string' }, age: { type: 'integer', minimum: 18 } },
              },
            },
          },
        },
        responses: { 200: { description: 'ok' } },
      },
    },
    '/xml': {
      post: {
        requestBody: { content: { 'application/xml': { schema: { $ref: '#/components/schemas/Tag' } } } },
        responses: { 200: { description: 'ok' } },
      },
    },
  },
  components: {
    parameters: {
      orderId: { name: 'orderId', in: 'path', required: true, schema: { type: 'integer', minimum: 5 } },
    },
    securitySchemes: {
      bearerAuth: { type: 'http', scheme: 'bearer' },
      basic: { type: 'http', scheme: 'basic' },
      key: { type: 'apiKey', name: 'X-Key', in: 'header' },
    },
    schemas: {
      Order: {
        type: 'object',
        required: ['id', 'items'],
        properties: {
          id: { type: 'integer', minimum: 0, exclusiveMinimum: true },
          note: { type: 'string', nullable: true, example: 'be quick' },
          parent: { $ref: '#/components/schemas/Order' },
          items: { type: 'array', items: { $ref: '#/components/schemas/Item' } },
          created: { type: 'string', format: 'date-time', readOnly: true },
          // A property with this name is no reference.
          $ref: { type: 'string' },
        },
      },
      Item: {
        allOf: [
          { $ref: '#/components/schemas/Tag' },
          { type: 'object', properties: { price: { type: 'number', multipleOf: 0.05, minimum: 1.01 } } },
        ],
      },
      Tag: {
        type: 'object',
        xml: { name: 'tag' },
        properties: {
          name: { type: 'string', maxLength: 3 },
          of: { oneOf: [{ type: 'string', enum: ['a', 'b'] }, { $ref: '#/components/schemas/Order' }] },
        },
      },
    },
  },
};

export const swagger2 = {
  swagger: '2.0',
  info: { title: 'Old', version: '1' },
  host: 'old.example',
  basePath: '/api',
  schemes: ['https', 'http'],
  consumes: ['application/json'],
  produces: ['application/json'],
  securityDefinitions: {
    oauth: {
      type: 'oauth2',
      flow: 'application',
      tokenUrl: 'https://old.example/token',
      scopes: { read: '' },
    },
  },
  paths: {
    '/pets': {
      get: {
        tags: ['pets'],
        security: [{ oauth: ['read'] }],
        parameters: [
          {
            name: 'ids',
            in: 'query',
            type: 'array',
            items: { type: 'integer' },
            collectionFormat: 'csv',
            default: [1, 2],
          },
        ],
        responses: {
          200: { description: 'ok', schema: { type: 'array', items: { $ref: '#/definitions/Pet' } } },
        },
      },
      post: {
        parameters: [{ name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } }],
        responses: { 201: { description: 'made' } },
      },
    },
    '/photos': {
      post: {
        consumes: ['multipart/form-data'],
        parameters: [
          { name: 'photo', in: 'formData', type: 'file' },
          { name: 'title', in: 'formData', type: 'string', required: true },
        ],
        responses: {},
      },
    },
  },
  definitions: {
    Pet: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        owner: { type: 'string', 'x-nullable': true },
        friend: { $ref: '#/definitions/Pet' },
      },
    },
  },
};

export const postman21 = {
  info: {
    name: 'Users',
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    description: { content: 'About users' },
  },
  auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}' }] },
  variable: [{ key: 'baseUrl', value: 'https://users.example' }],
  event: [
    {
      listen: 'test',
      script: { exec: ['pm.test("fast", () => pm.expect(pm.response.responseTime).to.be.below(500));'] },
    },
  ],
  item: [
    {
      name: 'Admin',
      auth: {
        type: 'basic',
        basic: [
          { key: 'username', value: 'root' },
          { key: 'password', value: '{{pw}}' },
        ],
      },
      item: [
        {
          name: 'Deep',
          item: [
            {
              name: 'Create',
              event: [
                {
                  listen: 'test',
                  script: {
                    exec: [
                      'const data = pm.response.json();',
                      "pm.test('created', function () {",
                      '  pm.response.to.have.status(201);',
                      "  pm.expect(data.user.name).to.eql('Ada');",
                      '});',
                      "pm.environment.set('userId', data.user.id);",
                      'if (data.x) { sendMail(); }',
                    ],
                  },
                },
                {
                  listen: 'prerequest',
                  script: { exec: "pm.collectionVariables.set('limit', 10);\nconst t = Date.now();" },
                },
              ],
              request: {
                method: 'POST',
                header: [
                  { key: 'X-Id', value: '{{$guid}}' },
                  { key: 'X-Off', value: 'no', disabled: true },
                ],
                body: {
                  mode: 'raw',
                  raw: '{"name":"{{$randomFullName}}","color":"{{$randomColor}}"}',
                  options: { raw: { language: 'json' } },
                },
                url: {
                  raw: '{{baseUrl}}/users/:org?dry=true',
                  query: [{ key: 'dry', value: 'true' }],
                  variable: [{ key: 'org', value: 'acme' }],
                },
              },
              response: [{ name: 'ok' }],
            },
          ],
        },
      ],
    },
    { name: 'Plain', request: 'https://users.example/ping?x=a%20b' },
    {
      name: 'Form',
      request: {
        method: 'POST',
        auth: { type: 'noauth' },
        body: {
          mode: 'formdata',
          formdata: [
            { key: 'f', type: 'file', src: '/tmp/a.png' },
            { key: 't', value: 'x' },
          ],
        },
        url: 'users.example/form',
      },
    },
    {
      name: 'Graph',
      request: {
        method: 'POST',
        body: { mode: 'graphql', graphql: { query: '{ me { id } }', variables: '{"a":1}' } },
        url: '{{baseUrl}}/graphql',
      },
    },
    { name: 'Broken' },
  ],
};

export const har = {
  log: {
    version: '1.2',
    creator: { name: 'browser' },
    entries: [
      {
        startedDateTime: '2030-01-01T00:00:00Z',
        request: {
          method: 'GET',
          url: 'https://a.example/x?q=1&q={{no}}',
          headers: [
            { name: ':authority', value: 'a.example' },
            { name: 'Accept', value: '*/*' },
          ],
        },
        response: { status: 200 },
      },
      {
        request: {
          method: 'POST',
          url: 'https://a.example/y',
          headers: [],
          postData: { mimeType: 'application/json', text: '{"a":[1]}' },
        },
        response: { status: 201 },
      },
      { request: { method: 'GET', url: 'wss://a.example/socket' } },
    ],
  },
};

export const insomnia4 = {
  _type: 'export',
  __export_format: 4,
  resources: [
    { _id: 'wrk_1', _type: 'workspace', parentId: null, name: 'Work' },
    { _id: 'fld_1', _type: 'request_group', parentId: 'wrk_1', name: 'Folder' },
    {
      _id: 'req_1',
      _type: 'request',
      parentId: 'fld_1',
      name: 'Make',
      method: 'POST',
      url: '{{ _.base }}/things',
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      parameters: [{ name: 'at', value: "{% now 'unix' %}" }],
      body: { mimeType: 'application/json', text: '{"id":"{% uuid \'v4\' %}"}' },
      authentication: { type: 'basic', username: 'u', password: '{{ _.pw }}' },
    },
    {
      _id: 'req_2',
      _type: 'request',
      parentId: 'wrk_1',
      name: 'Root',
      method: 'GET',
      url: 'https://b.example/',
    },
    {
      _id: 'env_1',
      _type: 'environment',
      parentId: 'wrk_1',
      name: 'Base',
      data: { base: 'https://b.example' },
    },
    {
      _id: 'env_2',
      _type: 'environment',
      parentId: 'env_1',
      name: 'Test',
      data: { base: 'https://t.example', nested: { a: 1 } },
    },
  ],
};

export const postmanEnvironment = {
  name: 'Staging',
  values: [
    { key: 'baseUrl', value: 'https://staging.example', enabled: true },
    { key: 'pw', value: 'hidden', type: 'secret', enabled: true },
  ],
  _postman_variable_scope: 'environment',
};

export const documents = { openApi30, swagger2, postman21, har, insomnia4, postmanEnvironment };
