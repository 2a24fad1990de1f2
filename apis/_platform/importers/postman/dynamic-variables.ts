import type { Json } from '../../model/json.ts';
import { isObject } from '../read-node.ts';

/** Postman's dynamic variables that are called differently here; those of the same name are `same`. */
const renamed: Record<string, string> = {
  $randomPhoneNumber: '$randomPhone',
  $randomPhoneNumberExt: '$randomPhone',
  $randomHexaDecimal: '$randomHex:12',
  $randomPassword: '$randomString:15',
  $randomPrice: '$randomFloat:0:1000:2',
  $randomIPV4: '$randomIP',
  $randomNamePrefix: "$randomPick:'Dr.':'Mr.':'Ms.'",
  $randomNameFirst: '$randomFirstName',
  $randomNameLast: '$randomLastName',
  $randomExampleEmail: '$randomEmail',
  $randomWord: "$randomString:8:'abcdefghijklmnopqrstuvwxyz'",
  $randomLoremWord: "$randomString:8:'abcdefghijklmnopqrstuvwxyz'",
  $randomLoremSlug: "$randomString:12:'abcdefghijklmnopqrstuvwxyz'",
  $randomDomainName: "$randomPick:'example.com':'example.org':'example.net'",
  $randomColor: "$randomPick:'red':'green':'blue':'yellow':'black'",
  $randomCountryCode: "$randomPick:'CN':'DE':'FR':'GB':'JP':'US'",
  $randomCurrencyCode: "$randomPick:'CNY':'EUR':'GBP':'JPY':'USD'",
  $randomDateFuture: "$date:'+30d':'YYYY-MM-DDTHH:mm:ss'",
  $randomDatePast: "$date:'-30d':'YYYY-MM-DDTHH:mm:ss'",
  $randomDateRecent: '$isoTimestamp',
  $randomCity: "$randomPick:'Beijing':'Berlin':'London':'Paris':'Tokyo'",
  $randomCountry: "$randomPick:'China':'France':'Germany':'Japan':'Kenya'",
};

const same = new Set([
  '$guid',
  '$randomUUID',
  '$timestamp',
  '$isoTimestamp',
  '$randomInt',
  '$randomEmail',
  '$randomUserName',
  '$randomFirstName',
  '$randomLastName',
  '$randomFullName',
  '$randomIP',
  '$randomUrl',
  '$randomAlphaNumeric',
  '$randomBoolean',
]);

/** Texts of a collection with its dynamic variables as built-ins; names that have none stay, and are told. */
export function withBuiltIns<T extends Json>(value: T, unknown: (name: string) => void): T {
  return replaced(value, unknown) as T;
}

function replaced(value: Json, unknown: (name: string) => void): Json {
  if (typeof value === 'string') return replacedText(value, unknown);
  if (Array.isArray(value)) return value.map((item) => replaced(item, unknown));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaced(child, unknown)]));
}

function replacedText(text: string, unknown: (name: string) => void): string {
  if (!text.includes('{{')) return text;
  return text.replaceAll(/\{\{\s*(\$\w+)\s*\}\}/g, (whole, name: string) => {
    if (same.has(name)) return `{{${name}}}`;
    if (Object.hasOwn(renamed, name)) return `{{${renamed[name]}}}`;
    unknown(name);
    return whole;
  });
}
