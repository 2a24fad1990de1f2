/** A body without the parameter. */
export const leftOut = Symbol('left out');
/** A part of a multipart/form-data request. */
export const upload = Symbol('upload');

export interface BothLanguages {
  readonly en: string;
  readonly zh: string;
}

/** One form of type that a parameter may have. */
export interface TypeRow {
  /** The parameter `v` as it is written. Default: `v: ` and the type. */
  readonly parameter?: string;
  readonly type: string;
  readonly accepts: readonly unknown[];
  /** With the whole message; its path is left out where it is the parameter itself. */
  readonly refuses: readonly (readonly [value: unknown, message: string])[];
  /** What the function gets for the first accepted value, where that is not the value itself: its `util.inspect()`. */
  readonly arrives?: string;
  readonly note?: BothLanguages;
}

export interface TypeGroup {
  readonly title: BothLanguages;
  readonly intro?: BothLanguages;
  readonly rows: readonly TypeRow[];
}

/** A type that a parameter cannot have, and why it is not served. */
export interface UnfitRow {
  readonly type: string;
  readonly message: string;
}

/** Declarations that the rows use. */
export const declarations = `import { z } from 'zod';
interface User { id: number; name: string; email?: string }
interface Admin extends User { level: 1 | 2 }
/** A tree. */
interface Tree { value: number; kids: Tree[] }
interface Ping { next?: Pong }
interface Pong { back: Ping }
interface Page<T> { items: T[]; next?: string }
class Point { x = 0; y = 0; #secret = 1; private hidden = 2; length() { return this.#secret + this.hidden; } }
enum Color { Red = 'red', Blue = 'blue' }
enum Size { Small, Large = 5 }
const enum Flag { On = 'on', Off = 'off' }
type UserId = string & { readonly __brand: 'UserId' };
type Circle = { kind: 'circle'; radius: number };
type Square = { kind: 'square'; side: number };
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const order = z.object({ id: z.number(), tags: z.array(z.string()) });
interface Limits {
  /** @minLength 2 @maxLength 5 */
  code: string;
}
export const values = [Color, Size, Flag.On, Point, order] as const;
`;

const date = "expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31'";
const dateTime = "expected a date and time such as '2030-12-31T23:59:59Z'";
const exact = '±9007199254740991';

const simple: TypeGroup = {
  title: { en: 'Simple values', zh: '简单值' },
  intro: {
    en: 'Nothing is converted: `"1"` is no number, `0` is no boolean, `null` is not "left out".',
    zh: '不做任何转换：`"1"` 不是数字，`0` 不是布尔值，`null` 不等于“省略”。',
  },
  rows: [
    {
      type: 'string',
      accepts: ['', 'a'],
      refuses: [
        [1, "expected string, got '1'"],
        [null, "expected string, got 'null'"],
        [leftOut, 'required: expected string, got nothing'],
      ],
    },
    { type: 'number', accepts: [0, -1.5, 1e300], refuses: [['1', `expected number, got '"1"'`]] },
    { type: 'boolean', accepts: [true, false], refuses: [[0, "expected boolean, got '0'"]] },
    { type: 'null', accepts: [null], refuses: [[0, "expected null, got '0'"]] },
    {
      type: 'bigint',
      accepts: ['12345678901234567890', 5],
      arrives: '12345678901234567890n',
      refuses: [
        [
          9007199254740992,
          `expected the digits as a string, because JSON numbers beyond ${exact} are not exact, got '9007199254740992'`,
        ],
        ['5.0', `expected an integer, such as 5 or '5', got '"5.0"'`],
      ],
    },
    {
      type: "'a' | 'b' | 3",
      accepts: ['a', 3],
      refuses: [
        ['c', `expected 'a' | 'b' | 3, got '"c"'`],
        ['3', `expected 'a' | 'b' | 3, got '"3"'`],
      ],
    },
    { type: 'true', accepts: [true], refuses: [[false, "expected true, got 'false'"]] },
    { type: '10n', accepts: [10, '10'], arrives: '10n', refuses: [[11, "expected 10 or '10', got '11'"]] },
    {
      type: '`${number}px`',
      accepts: ['5px', '-1.5px'],
      refuses: [
        ['px', 'expected text like `${number}px`, got \'"px"\''],
        [5, "expected text like `${number}px`, got '5'"],
      ],
    },
    {
      type: '`${Uppercase<string>}-${1 | 2}`',
      accepts: ['AB-1'],
      refuses: [
        [
          'ab-1',
          'expected text like `${Uppercase<string>}-1` | text like `${Uppercase<string>}-2`, got \'"ab-1"\'',
        ],
      ],
    },
    {
      type: 'Color',
      accepts: ['red'],
      refuses: [['Red', `expected 'red' | 'blue', got '"Red"'`]],
      note: { en: 'an enum with text', zh: '字符串枚举' },
    },
    {
      type: 'Size',
      accepts: [0, 5],
      refuses: [['Small', `expected 0 | 5, got '"Small"'`]],
      note: { en: 'an enum with numbers', zh: '数字枚举' },
    },
    {
      type: 'Flag',
      accepts: ['on'],
      refuses: [['On', `expected 'on' | 'off', got '"On"'`]],
      note: { en: 'a const enum', zh: '常量枚举' },
    },
    {
      type: 'UserId',
      accepts: ['u1'],
      refuses: [[1, "expected string, got '1'"]],
      note: { en: 'a branded `string`', zh: '带品牌的 `string`' },
    },
    {
      type: 'unknown',
      accepts: [1, { a: [null] }],
      refuses: [[leftOut, 'required: expected any value, got nothing']],
    },
    { type: 'any', accepts: [1, 'a'], refuses: [[leftOut, 'required: expected any value, got nothing']] },
    { type: 'never', accepts: [], refuses: [[1, "expected no value, got '1'"]] },
    { type: 'void', accepts: [leftOut], refuses: [[null, "expected no value, got 'null'"]] },
  ],
};

const presence: TypeGroup = {
  title: { en: 'Left out, undefined, null', zh: '省略、undefined 与 null' },
  intro: {
    en: 'JSON has no `undefined`: what may be `undefined` may be left out. A default applies when a parameter is left out.',
    zh: 'JSON 没有 `undefined`：可以是 `undefined` 的就可以省略。参数省略时采用默认值。',
  },
  rows: [
    {
      type: 'string',
      parameter: 'v?: string',
      accepts: ['a', leftOut],
      refuses: [[null, "expected string, got 'null'"]],
    },
    {
      type: 'string',
      parameter: "v = 'x'",
      accepts: ['a', leftOut],
      refuses: [[1, "expected string, got '1'"]],
    },
    { type: 'string | undefined', accepts: ['a', leftOut], refuses: [[null, "expected string, got 'null'"]] },
    {
      type: 'string | null',
      accepts: ['a', null],
      refuses: [[leftOut, 'required: expected string | null, got nothing']],
    },
    {
      type: 'number[]',
      parameter: '...v: number[]',
      accepts: [[], [1, 2], leftOut],
      refuses: [[1, "expected array, got '1'"]],
    },
  ],
};

const constraints: TypeGroup = {
  title: { en: 'Constraints from doc comments', zh: '文档注释中的约束' },
  intro: {
    en: 'On a parameter (`/** @minimum 1 */ n: number`), on a property, or in `@param n how many @minimum 1`. Lengths count Unicode characters (code points). A misspelt or misplaced tag is a warning.',
    zh: '可写在参数上（`/** @minimum 1 */ n: number`）、属性上，或写成 `@param n how many @minimum 1`。长度按 Unicode 字符（码点）计算。写错或放错位置的标签会给出警告。',
  },
  rows: [
    tagged(
      '@minLength 1',
      'string',
      ['a', '😀'],
      [['', `expected a string of at least 1 character, got '""' (length 0)`]],
    ),
    tagged(
      '@maxLength 3',
      'string',
      ['abc'],
      [['abcd', `expected a string of at most 3 characters, got '"abcd"' (length 4)`]],
    ),
    tagged(
      '@pattern ^[a-z]+$',
      'string',
      ['abc'],
      [['aBc', `expected a string that matches /^[a-z]+$/, got '"aBc"'`]],
    ),
    tagged('@minimum 1 @maximum 10', 'number', [1, 9.5], [[11, "expected a number from 1 to 10, got '11'"]]),
    tagged(
      '@exclusiveMinimum 0 @exclusiveMaximum 1',
      'number',
      [0.5],
      [[0, "expected a number above 0 and below 1, got '0'"]],
    ),
    tagged(
      '@integer',
      'number',
      [1, -5],
      [
        [1.5, "expected an integer, got '1.5'"],
        [
          9007199254740992,
          `expected an integer within ${exact}, beyond which JSON numbers are not exact; the type bigint takes larger ones as strings, got '9007199254740992'`,
        ],
      ],
    ),
    tagged(
      '@multipleOf 0.1',
      'number',
      [0.3, 1.1],
      [[0.35, "expected a number that is a multiple of 0.1, got '0.35'"]],
    ),
    {
      ...tagged(
        '@minimum 0',
        'bigint',
        ['5'],
        [['-1', `expected an integer, such as 5 or '5', of at least 0, got '"-1"'`]],
      ),
      arrives: '5n',
    },
    tagged(
      '@minItems 1 @maxItems 2',
      'string[]',
      [['a']],
      [
        [[], 'expected at least 1 element, got 0'],
        [['a', 'b', 'c'], 'expected at most 2 elements, got 3'],
      ],
    ),
    tagged(
      '@uniqueItems',
      'number[]',
      [[1, 2]],
      [[[1, 2, 1], "v[2]: expected an element other than that at [0], got '1'"]],
    ),
    {
      type: 'Limits',
      accepts: [{ code: 'abc' }],
      refuses: [[{ code: 'a' }, `v.code: expected a string of 2 to 5 characters, got '"a"' (length 1)`]],
      note: { en: 'tags on a property', zh: '标签写在属性上' },
    },
    tagged(
      '@maximum 5',
      'number | string',
      [5, 'text'],
      [[6, "expected string | a number of at most 5, got '6'"]],
      { en: 'for the member that it fits', zh: '作用于适合的成员' },
    ),
  ],
};

const formats: TypeGroup = {
  title: { en: '`@format` of a string', zh: '字符串的 `@format`' },
  intro: {
    en: 'The function gets the text itself. Dates and times follow RFC 3339 with a capital `T`, and `Z` or an offset in hours and minutes; there are no leap seconds.',
    zh: '函数得到的是文本本身。日期和时间遵循 RFC 3339：大写 `T`，以 `Z` 或带小时和分钟的偏移结尾；不支持闰秒。',
  },
  rows: [
    tagged(
      '@format date',
      'string',
      ['2030-12-31'],
      [['2030-02-30', `expected a date such as '2030-12-31', got '"2030-02-30"'`]],
    ),
    tagged(
      '@format date-time',
      'string',
      ['2030-12-31T23:59:59.5+02:00'],
      [['2030-12-31 23:59', `${dateTime}, got '"2030-12-31 23:59"'`]],
    ),
    tagged(
      '@format time',
      'string',
      ['23:59:59Z'],
      [['23:59:59', `expected a time with its offset such as '23:59:59Z', got '"23:59:59"'`]],
    ),
    tagged(
      '@format duration',
      'string',
      ['P1DT12H'],
      [['1 day', `expected a duration such as 'P1DT12H', got '"1 day"'`]],
    ),
    tagged('@format email', 'string', ['a@example.com'], [['a@b', `expected an email address, got '"a@b"'`]]),
    tagged('@format hostname', 'string', ['example.com'], [['a_b', `expected a host name, got '"a_b"'`]]),
    tagged(
      '@format ipv4',
      'string',
      ['192.0.2.1'],
      [['256.0.0.1', `expected an IPv4 address, got '"256.0.0.1"'`]],
    ),
    tagged(
      '@format ipv6',
      'string',
      ['2001:db8::1'],
      [['1::2::3', `expected an IPv6 address, got '"1::2::3"'`]],
    ),
    tagged(
      '@format uri',
      'string',
      ['mailto:a@example.com'],
      [['example.com', `expected an absolute URI such as 'https://example.com/', got '"example.com"'`]],
    ),
    tagged(
      '@format uuid',
      'string',
      ['3d813cbb-47fb-32ba-91df-831e1593ac29'],
      [['3d813cbb', `expected a UUID, got '"3d813cbb"'`]],
    ),
  ],
};

const rich: TypeGroup = {
  title: { en: 'Values that JSON does not have', zh: 'JSON 没有的值' },
  rows: [
    {
      type: 'Date',
      accepts: ['2030-12-31T23:59:59+02:00', '2030-12-31'],
      arrives: '2030-12-31T21:59:59.000Z',
      refuses: [
        ['2030-02-30', `${date}, got '"2030-02-30"'`],
        [0, `${date}, got '0'`],
      ],
      note: { en: 'a day begins in UTC', zh: '仅有日期时按 UTC 零点' },
    },
    {
      type: 'string | Date',
      accepts: ['2030-12-31', 'soon'],
      arrives: '2030-12-31T00:00:00.000Z',
      refuses: [[1, `${date} | string, got '1'`]],
    },
    {
      type: 'URL',
      accepts: ['https://example.com/?a[b]=c', 'mailto:a@example.com'],
      refuses: [['/path', `expected an absolute URL such as 'https://example.com/path', got '"/path"'`]],
      note: { en: 'arrives as `URL`', zh: '得到 `URL`' },
    },
    {
      type: 'Uint8Array',
      accepts: ['aGk=', ''],
      arrives: '<Buffer 68 69>',
      refuses: [['aGk', `expected base64 text such as 'aGVsbG8=', got '"aGk"'`]],
    },
    {
      type: 'Buffer',
      accepts: ['aGk='],
      arrives: '<Buffer 68 69>',
      refuses: [[[104, 105], "expected base64 text such as 'aGVsbG8=', got '[104,105]'"]],
    },
    {
      type: 'Map<string, Date>',
      accepts: [[['a', '2030-12-31']], []],
      arrives: "Map(1) { 'a' => 2030-12-31T00:00:00.000Z }",
      refuses: [
        [{ a: '2030-12-31' }, `expected array, got '{"a":"2030-12-31"}'`],
        [
          [
            ['a', '2030-12-31'],
            ['a', '2030-12-31'],
          ],
          `v[1][0]: expected a key other than that at [0], got '"a"'`,
        ],
      ],
    },
    {
      type: 'Set<number>',
      accepts: [[1, 2]],
      arrives: 'Set(2) { 1, 2 }',
      refuses: [[[1, 1], "v[1]: expected an element other than that at [0], got '1'"]],
    },
    {
      type: 'File',
      accepts: [upload],
      refuses: [
        [
          'text',
          `expected a file, sent as a part of this name in a multipart/form-data request, got '"text"'`,
        ],
      ],
    },
    {
      type: 'Blob[]',
      accepts: [[upload, upload]],
      refuses: [
        [
          ['text'],
          `v[0]: expected a file, sent as a part of this name in a multipart/form-data request, got '"text"'`,
        ],
      ],
    },
  ],
};

const lists: TypeGroup = {
  title: { en: 'Lists', zh: '列表' },
  rows: [
    {
      type: 'string[]',
      accepts: [[], ['a']],
      refuses: [
        [['a', 1], "v[1]: expected string, got '1'"],
        ['a', `expected array, got '"a"'`],
      ],
    },
    { type: 'readonly number[][]', accepts: [[[1], []]], refuses: [[[1], "v[0]: expected array, got '1'"]] },
    {
      type: 'ReadonlyArray<string | null>',
      accepts: [['a', null]],
      refuses: [[[1], "v[0]: expected string | null, got '1'"]],
    },
    {
      type: '[number, string]',
      accepts: [[1, 'a']],
      refuses: [
        [[1], 'expected at least 2 elements, got 1'],
        [[1, 'a', 2], 'expected at most 2 elements, got 3'],
      ],
    },
    {
      type: '[x: number, y?: string]',
      accepts: [[1], [1, 'a']],
      refuses: [[[1, null], "v[1]: expected string, got 'null'"]],
    },
    {
      type: '[number, ...string[]]',
      accepts: [[1], [1, 'a', 'b']],
      refuses: [[[], 'v[0]: required: expected number, got nothing']],
    },
    {
      type: 'Parameters<(a: number, b?: string) => void>',
      accepts: [[1, 'a']],
      refuses: [[['a'], `v[0]: expected number, got '"a"'`]],
    },
  ],
};

const objects: TypeGroup = {
  title: { en: 'Objects', zh: '对象' },
  intro: {
    en: 'Strict at every depth: a key that the type does not have is refused. All problems are listed, not only the first.',
    zh: '每一层都严格：类型没有的键会被拒绝。列出所有问题，而不只是第一个。',
  },
  rows: [
    {
      type: '{ a: number; b?: string }',
      accepts: [{ a: 1 }, { a: 1, b: 'x' }],
      refuses: [
        [{}, 'v.a: required: expected number, got nothing'],
        [{ a: 1, bb: 'x' }, "v.bb: unknown property 'bb'; did you mean 'b'?"],
        [{ a: 1, b: null }, "v.b: expected string, got 'null'"],
      ],
    },
    {
      type: '{ a: string | undefined }',
      accepts: [{}, { a: 'x' }],
      refuses: [[{ a: null }, "v.a: expected string, got 'null'"]],
    },
    {
      type: 'User',
      accepts: [{ id: 1, name: 'Ada' }],
      refuses: [[{ id: '1', name: 'Ada' }, `v.id: expected number, got '"1"'`]],
      note: { en: 'an interface', zh: '接口' },
    },
    {
      type: 'Admin',
      accepts: [{ id: 1, name: 'Ada', level: 2 }],
      refuses: [[{ id: 1, name: 'Ada', level: 3 }, "v.level: expected 1 | 2, got '3'"]],
      note: { en: 'an interface that extends another', zh: '继承的接口' },
    },
    {
      type: 'Point',
      accepts: [{ x: 1, y: 2 }],
      refuses: [[{ x: 1, y: 2, hidden: 3 }, "v.hidden: unknown property 'hidden'; expected 'x', 'y'"]],
      note: { en: 'a class: its public fields', zh: '类：取其公有字段' },
    },
    {
      type: "Partial<Omit<User, 'id'>>",
      accepts: [{}, { email: 'a@b.cd' }],
      refuses: [[{ id: 1 }, "v.id: unknown property 'id'; expected 'name', 'email'"]],
    },
    {
      type: "Required<Pick<User, 'name' | 'email'>>",
      accepts: [{ name: 'Ada', email: '' }],
      refuses: [[{ name: 'Ada' }, 'v.email: required: expected string, got nothing']],
    },
    {
      type: "User & { role: 'admin' }",
      accepts: [{ id: 1, name: 'Ada', role: 'admin' }],
      refuses: [[{ id: 1, name: 'Ada' }, "v.role: required: expected 'admin', got nothing"]],
    },
    {
      type: 'Page<User>',
      accepts: [{ items: [{ id: 1, name: 'Ada' }] }],
      refuses: [[{ items: [{ id: 1 }] }, 'v.items[0].name: required: expected string, got nothing']],
      note: { en: 'a generic type', zh: '泛型实例' },
    },
    {
      type: 'z.infer<typeof order>',
      accepts: [{ id: 1, tags: [] }],
      refuses: [[{ id: 1 }, 'v.tags: required: expected array, got nothing']],
    },
    {
      type: 'Record<string, number>',
      accepts: [{}, { a: 1 }],
      refuses: [[{ a: 'x' }, `v.a: expected number, got '"x"'`]],
    },
    {
      type: "Record<'a' | 'b', number>",
      accepts: [{ a: 1, b: 2 }],
      refuses: [[{ a: 1 }, 'v.b: required: expected number, got nothing']],
    },
    {
      type: 'Record<`x-${string}`, number>',
      accepts: [{ 'x-a': 1 }],
      refuses: [[{ y: 1 }, "v.y: unknown property 'y'; expected names that match /^x-[\\s\\S]*$/"]],
    },
    {
      type: 'Record<number, string>',
      accepts: [{ 1: 'a' }],
      refuses: [
        [
          { a: 'a' },
          "v.a: unknown property 'a'; expected names that match /^-?(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?(?:e[+-]\\d+)?$/",
        ],
      ],
    },
    {
      type: '{ a: string; [key: string]: string | number }',
      accepts: [{ a: 'x', n: 1 }],
      refuses: [[{ n: 1 }, 'v.a: required: expected string, got nothing']],
    },
    {
      type: "{ [K in 'x' | 'y' as `get_${K}`]?: number }",
      accepts: [{ get_x: 1 }],
      refuses: [[{ x: 1 }, "v.x: unknown property 'x'; expected 'get_x', 'get_y'"]],
    },
    {
      type: 'object',
      accepts: [{}, { a: 1 }, [1]],
      refuses: [
        ['a', `expected object | array, got '"a"'`],
        [null, "expected object | array, got 'null'"],
      ],
    },
    {
      type: '{}',
      note: { en: 'any value but null', zh: '除 null 外的任何值' },
      accepts: ['a', 5, false, { a: 1 }, [1]],
      refuses: [[null, "expected string | number | boolean | object | array, got 'null'"]],
    },
    {
      type: 'Tree',
      accepts: [{ value: 1, kids: [{ value: 2, kids: [] }] }],
      refuses: [
        [{ value: 1, kids: [{ value: 'x', kids: [] }] }, `v.kids[0].value: expected number, got '"x"'`],
      ],
      note: { en: 'recursive', zh: '递归' },
    },
    {
      type: 'Ping',
      accepts: [{ next: { back: {} } }],
      refuses: [[{ next: {} }, 'v.next.back: required: expected object, got nothing']],
      note: { en: 'recursive through another', zh: '相互递归' },
    },
  ],
};

const choices: TypeGroup = {
  title: { en: 'Choices and computed types', zh: '联合与计算类型' },
  intro: {
    en: 'Where several members fit, the more specific one wins: literals, then `Date` and `URL`, then the rest, then `bigint` and bytes.',
    zh: '多个成员都符合时，更具体者优先：字面量，然后是 `Date` 和 `URL`，再是其他，最后是 `bigint` 和字节。',
  },
  rows: [
    { type: 'string | number', accepts: ['a', 1], refuses: [[true, "expected string | number, got 'true'"]] },
    {
      type: 'Circle | Square',
      accepts: [{ kind: 'circle', radius: 1 }],
      refuses: [
        [{ kind: 'circle', radius: 'x' }, `v.radius: expected number, got '"x"'`],
        [{ kind: 'line' }, `v.kind: expected kind to be 'circle' or 'square', got '"line"'`],
        [{}, "v.kind: required: expected kind to be 'circle' or 'square', got nothing"],
      ],
      note: { en: 'told apart by a property', zh: '由一个属性区分' },
    },
    {
      type: '{ ok: true; value: number } | { ok: false; error: string }',
      accepts: [{ ok: true, value: 1 }],
      refuses: [[{ ok: false, error: 1 }, "v.error: expected string, got '1'"]],
    },
    {
      type: '{ a: number } | { b: string }',
      accepts: [{ a: 1 }, { b: 'x' }],
      refuses: [[{ a: 'x' }, `v.a: expected number, got '"x"'`]],
    },
    {
      type: 'Json',
      accepts: ['a', [1, { x: null }]],
      refuses: [
        [leftOut, 'required: expected string | number | boolean | array | object | null, got nothing'],
      ],
      note: { en: 'any JSON', zh: '任意 JSON' },
    },
    {
      type: 'keyof User',
      accepts: ['id'],
      refuses: [['age', `expected 'email' | 'id' | 'name', got '"age"'`]],
    },
    { type: "User['id']", accepts: [1], refuses: [['1', `expected number, got '"1"'`]] },
    {
      type: "Exclude<'a' | 'b' | 'c', 'b'>",
      accepts: ['a'],
      refuses: [['b', `expected 'a' | 'c', got '"b"'`]],
    },
    {
      type: 'Extract<string | number | boolean, string | boolean>',
      accepts: ['a', true],
      refuses: [[1, "expected string | boolean, got '1'"]],
    },
    { type: "NonNullable<User['email']>", accepts: ['a'], refuses: [[null, "expected string, got 'null'"]] },
    { type: "Awaited<Promise<User>>['name']", accepts: ['a'], refuses: [[1, "expected string, got '1'"]] },
    { type: 'ReturnType<() => 1 | 2>', accepts: [1], refuses: [[3, "expected 1 | 2, got '3'"]] },
    { type: 'User extends { id: number } ? 1 : 2', accepts: [1], refuses: [[2, "expected 1, got '2'"]] },
  ],
};

export const typeGroups: readonly TypeGroup[] = [
  simple,
  presence,
  constraints,
  formats,
  rich,
  lists,
  objects,
  choices,
];

export const unfitRows: readonly UnfitRow[] = [
  { type: '() => void', message: "parameter 'v' has type '() => void', which has no JSON form" },
  {
    type: '{ run: (n: number) => void }',
    message: "parameter 'v.run' has type '(n: number) => void', which has no JSON form",
  },
  { type: 'symbol', message: "parameter 'v' has type 'symbol', which has no JSON form" },
  {
    type: 'RegExp',
    message:
      "parameter 'v' has type 'RegExp', which has no JSON form; take the pattern's text as a string instead",
  },
  {
    type: 'Promise<string>',
    message:
      "parameter 'v' has type 'Promise<string>', which has no JSON form; take the value itself instead",
  },
  {
    type: 'Float64Array',
    message:
      "parameter 'v' has type 'Float64Array<ArrayBufferLike>', which has no JSON form; use Uint8Array instead",
  },
  {
    type: '[...string[], number]',
    message: "parameter 'v' has type '[...string[], number]', which has a rest element before others",
  },
  { type: '{ deep: { file: File } }', message: "parameter 'v.deep.file'" },
];

function tagged(
  tags: string,
  type: string,
  ...[accepts, refuses, note]: [TypeRow['accepts'], TypeRow['refuses'], BothLanguages?]
): TypeRow {
  return {
    type,
    parameter: `/** ${tags} */ v: ${type}`,
    accepts,
    refuses,
    ...(note === undefined ? {} : { note }),
  };
}
