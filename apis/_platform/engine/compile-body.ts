import type { Json } from '../model/json.ts';
import type { MultipartPart, NamedValue, RequestBody } from '../model/request.ts';
import type { PreparedBody, PreparedPart } from '../model/transport.ts';
import { compileValue, type CompiledValue, isConstant, renderCompiled } from '../values/compiled-value.ts';
import type { Resolver } from '../values/resolver.ts';
import { compileText, renderText } from '../values/template.ts';
import { ValueError } from '../values/value-error.ts';
import { isEnabled } from './compile-url.ts';
import type { EngineParts } from './engine-parts.ts';

export interface RenderedBody {
  body?: PreparedBody;
  /** Sent unless the headers say otherwise. */
  contentType?: string;
}

export interface CompiledBody {
  constant: boolean;
  /** Whether files have to be looked up, so that rendering takes its time. */
  render(resolver: Resolver, resolveFile: EngineParts['resolveFile']): RenderedBody | Promise<RenderedBody>;
}

/** @throws ValueError for a template that cannot be read */
export function compileBody(body: RequestBody): CompiledBody {
  switch (body.type) {
    case 'none':
      return { constant: true, render: () => ({}) };
    case 'json':
      return compileJson(compileValue(body.value, 'body'));
    case 'graphql':
      return compileJson(
        compileValue(
          {
            query: body.query,
            ...(body.variables === undefined ? {} : { variables: body.variables }),
            ...(body.operationName === undefined ? {} : { operationName: body.operationName }),
          },
          'body',
        ),
      );
    case 'text':
      return compileTextBody(body.text, body.contentType);
    case 'form':
      return compileForm(body.fields.filter(isEnabled));
    case 'multipart':
      return compileMultipart(body.parts.filter(isEnabled));
    case 'binary':
      return {
        constant: false,
        render: async (_, resolveFile) => {
          const { file, size, contentType } = await findFile(body.file, resolveFile);
          return { body: { type: 'file', file, size }, contentType: body.contentType ?? contentType };
        },
      };
    default: {
      const check: never = body;
      return check;
    }
  }
}

function compileJson(value: CompiledValue): CompiledBody {
  const contentType = 'application/json';
  if (isConstant(value) && value.kind === 'constant') {
    const text = JSON.stringify(value.value);
    return { constant: true, render: () => ({ body: { type: 'text', text }, contentType }) };
  }
  return {
    constant: false,
    render: (resolver) => ({
      body: { type: 'text', text: JSON.stringify(renderCompiled(value, resolver)) },
      contentType,
    }),
  };
}

function compileTextBody(text: string, contentType = 'text/plain;charset=utf-8'): CompiledBody {
  const template = compileText(text, 'body');
  const type = compileText(contentType, 'content type');
  return {
    constant: typeof template === 'string' && typeof type === 'string',
    render: (resolver) => ({
      body: { type: 'text', text: renderText(template, resolver) },
      contentType: renderText(type, resolver),
    }),
  };
}

function compileForm(fields: NamedValue[]): CompiledBody {
  const compiled = fields.map(
    ({ name, value }) =>
      [compileText(name, `name of field ${name}`), compileText(value, `field ${name}`)] as const,
  );
  return {
    constant: compiled.flat().every((text) => typeof text === 'string'),
    render: (resolver) => {
      const pairs = compiled.map(([name, value]): [string, string] => [
        renderText(name, resolver),
        renderText(value, resolver),
      ]);
      return {
        body: { type: 'text', text: new URLSearchParams(pairs).toString() },
        contentType: 'application/x-www-form-urlencoded',
      };
    },
  };
}

function compileMultipart(parts: MultipartPart[]): CompiledBody {
  const compiled = parts.map(({ file, enabled: _enabled, ...texts }) => ({
    file,
    texts: compileValue(texts satisfies { [name: string]: Json }, `part ${texts.name}`),
  }));
  return {
    constant: false,
    render: async (resolver, resolveFile) => {
      const prepared: PreparedPart[] = [];
      for (const { file, texts } of compiled) {
        const {
          name,
          value = '',
          fileName,
          contentType,
        } = renderCompiled(texts, resolver) as {
          name: string;
          value?: Json;
          fileName?: string;
          contentType?: string;
        };
        if (file === undefined) {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          prepared.push({ name, value: text, ...(contentType ? { contentType } : {}) });
        } else {
          const found = await findFile(file, resolveFile);
          prepared.push({
            name,
            file: found.file,
            fileName: fileName ?? found.name,
            contentType: contentType ?? found.contentType,
          });
        }
      }
      return { body: { type: 'multipart', parts: prepared } };
    },
  };
}

async function findFile(id: number, resolveFile: EngineParts['resolveFile']) {
  const file = await resolveFile?.(id);
  if (!file) throw new ValueError('VALUE_INVALID', `The body sends file ${id}, which does not exist.`);
  return file;
}
