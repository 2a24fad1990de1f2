const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, between tags and in quoted attributes. */
export function toHtmlText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => names[char] ?? char);
}

/** JSON for a `<script type="application/json">`: nothing in it can end the element or begin a comment. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
