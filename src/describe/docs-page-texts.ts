/** Languages of our own texts on the page; the first one goes to whoever asks for another. */
export const docsLanguages = ['en', 'zh'] as const;
export type DocsLanguage = (typeof docsLanguages)[number];

export interface DocsTexts {
  readonly title: string;
  readonly document: string;
  readonly state: string;
  readonly hint: string;
  readonly noScript: string;
}

export const docsTexts: Readonly<Record<DocsLanguage, DocsTexts>> = {
  en: {
    title: 'API documentation',
    document: 'OpenAPI document',
    state: 'State of the service',
    hint: 'To try a function: choose “Authorize” once and give your token, then open the function and choose “Execute”. The token stays in this tab until you close it or log out.',
    noScript: 'This page needs JavaScript. The same description is in the OpenAPI document.',
  },
  zh: {
    title: '接口文档',
    document: 'OpenAPI 文档',
    state: '服务状态',
    hint: '试用函数：先点击 “Authorize” 填入令牌（只需一次），再展开函数并点击 “Execute”。令牌只保存在当前标签页中，关闭标签页或登出后即清除。',
    noScript: '此页面需要 JavaScript。同样的内容也在 OpenAPI 文档中。',
  },
};
