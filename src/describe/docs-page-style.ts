/** What the page looks like around Swagger UI, by day and by night. */
export const docsStyle = `:root {
  color-scheme: light dark;
  --bar: #1f2937;
  --bar-text: #f9fafb;
  --bar-quiet: #cbd5e1;
  --page: #ffffff;
  --hint: #475569;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bar: #0f1418;
    --page: #1c2022;
    --hint: #b6c2cf;
  }
}
body {
  margin: 0;
  background: var(--page);
  font-family: system-ui, sans-serif;
}
.docs-bar {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0.25rem 1.25rem;
  padding: 0.75rem max(1.25rem, calc((100% - 1420px) / 2));
  background: var(--bar);
  color: var(--bar-text);
}
.docs-bar h1 {
  margin: 0;
  font-size: 1.1rem;
  font-weight: 600;
}
.docs-bar .docs-version {
  color: var(--bar-quiet);
  font-size: 0.85rem;
}
.docs-bar nav {
  display: flex;
  flex-wrap: wrap;
  gap: 1.25rem;
  margin-left: auto;
}
.docs-bar a {
  color: var(--bar-text);
  font-size: 0.9rem;
}
.docs-hint {
  box-sizing: border-box;
  max-width: 1460px;
  margin: 0.75rem auto 0;
  padding: 0 20px;
  color: var(--hint);
  font-size: 0.9rem;
  line-height: 1.5;
}
.swagger-ui .info {
  margin: 1.25rem 0;
}
.swagger-ui .examples-select__section-label {
  color: var(--hint);
}
/* Every answer has the same headers: once is enough. */
.swagger-ui .responses-inner .response ~ .response .headers-wrapper {
  display: none;
}
/* Nothing is known about the functions' licence, and the link would leave the service. */
.swagger-ui .info .info__license {
  display: none;
}
`;
