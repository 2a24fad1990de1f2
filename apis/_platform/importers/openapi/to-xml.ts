import type { Json } from '../../model/json.ts';
import { asText, at, isObject, objectAt, textAt } from '../read-node.ts';

/** A sample as XML, by the `xml` words of its schema. */
export function toXml(
  value: Json,
  schema: Json | undefined,
  resolve: (ref: string) => Json | undefined,
): string {
  const name = xmlName(schema, resolve) ?? refName(schema) ?? 'root';
  return element({ name, value, schema }, resolve, 0);
}

interface Node {
  name: string;
  value: Json;
  schema: Json | undefined;
}

function element(
  { name, value, schema }: Node,
  resolve: (ref: string) => Json | undefined,
  depth: number,
): string {
  const known = follow(schema, resolve);
  const tag = clean(name);
  const namespace = textAt(at(known, 'xml'), 'namespace');
  const xmlns = namespace === undefined || depth > 0 ? '' : ` xmlns="${escape(namespace)}"`;
  if (Array.isArray(value)) {
    const item = at(known, 'items');
    const itemName = xmlName(item, resolve) ?? name;
    const inner = value.map((one) =>
      element({ name: itemName, value: one, schema: item }, resolve, depth + 1),
    );
    return at(at(known, 'xml'), 'wrapped') === true || depth === 0
      ? `<${tag}${xmlns}>${inner.join('')}</${tag}>`
      : inner.join('');
  }
  if (!isObject(value)) return `<${tag}${xmlns}>${escape(asText(value ?? ''))}</${tag}>`;
  const properties = objectAt(known, 'properties');
  let attributes = xmlns;
  let inner = '';
  for (const [key, child] of Object.entries(value)) {
    const property = at(properties, key);
    const childName = xmlName(property, resolve) ?? key;
    if (at(at(follow(property, resolve), 'xml'), 'attribute') === true) {
      attributes += ` ${clean(childName)}="${escape(asText(child))}"`;
    } else {
      inner += element({ name: childName, value: child, schema: property }, resolve, depth + 1);
    }
  }
  return `<${tag}${attributes}>${inner}</${tag}>`;
}

function follow(schema: Json | undefined, resolve: (ref: string) => Json | undefined): Json | undefined {
  let current = schema;
  for (let turn = 0; turn < 20; turn++) {
    const ref: string | undefined = textAt(current, '$ref');
    if (ref === undefined) return current;
    current = resolve(ref);
  }
  return undefined;
}

function xmlName(schema: Json | undefined, resolve: (ref: string) => Json | undefined): string | undefined {
  return textAt(at(follow(schema, resolve), 'xml'), 'name');
}

function refName(schema: Json | undefined): string | undefined {
  return textAt(schema, '$ref')?.split('/').pop();
}

function clean(name: string): string {
  return name.replaceAll(/[^\w.:-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
