/** What XML 1.0 cannot hold in any form: most control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const impossible =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would turn these into spaces in an attribute, and CR into LF anywhere.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for an attribute in double quotes; what XML cannot hold becomes U+FFFD. */
export function toXmlAttribute(text: string): string {
  return text.replace(impossible, '\uFFFD').replace(/[&<>"\t\n\r]/g, (char) => names[char] ?? char);
}

/** Text between tags; what XML cannot hold becomes U+FFFD. */
export function toXmlText(text: string): string {
  return text.replace(impossible, '\uFFFD').replace(/[&<>\r]/g, (char) => names[char] ?? char);
}
