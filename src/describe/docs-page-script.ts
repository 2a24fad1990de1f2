/**
 * What the page runs in the browser, beside Swagger UI. The token is kept for the tab only; Swagger UI's own
 * way of keeping it would be `localStorage`, where it would outlive the tab.
 */
export const docsScript = `'use strict';
(() => {
  const root = document.getElementById('swagger-ui');
  const scheme = 'BearerAuth';
  const key = 'api-deploy.token';

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', paint);
  paint();

  // Storage may be forbidden; the token then lasts until the page is left.
  const store = (use) => {
    try {
      return use(window.sessionStorage);
    } catch {
      return null;
    }
  };
  const keepToken = () => ({
    statePlugins: {
      auth: {
        wrapActions: {
          authorize: (authorize) => (given) => {
            const token = given[scheme] && given[scheme].value;
            if (typeof token === 'string' && token !== '') store((session) => session.setItem(key, token));
            return authorize(given);
          },
          logout: (logout) => (names) => {
            if (names.includes(scheme)) store((session) => session.removeItem(key));
            return logout(names);
          },
        },
      },
    },
  });

  const ui = SwaggerUIBundle({
    url: root.dataset.document,
    domNode: root,
    layout: 'BaseLayout',
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [keepToken],
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    filter: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
    onComplete: () => {
      const token = store((session) => session.getItem(key));
      if (token) ui.preauthorizeApiKey(scheme, token);
    },
  });
})();
`;
