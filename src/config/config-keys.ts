import { logLevels } from '../contract/log-port.ts';
import type { ConfigKey } from './schema.ts';

/** How a key is written in an environment variable. */
export type ConfigForm = 'text' | 'boolean' | 'integer' | 'list';

export interface ConfigKeyFacts {
  readonly form: ConfigForm;
  /** `live`: changed by `reload-config`. `restart`: read at the start only. */
  readonly reload: 'live' | 'restart';
  /** Completes "expected …". */
  readonly expected: string;
  readonly description: { readonly en: string; readonly zh: string };
  /** For the table, where the default hangs on something. */
  readonly defaultText?: { readonly en: string; readonly zh: string };
}

const yesNo = 'true or false (also 1/0, yes/no)';

/** What belongs to each key besides its schema. */
export const configKeys = {
  host: {
    form: 'text',
    reload: 'restart',
    expected: 'an address to listen on',
    description: { en: 'Address to listen on; `0.0.0.0` for all.', zh: '监听地址；`0.0.0.0` 表示全部网卡。' },
  },
  port: {
    form: 'integer',
    reload: 'restart',
    expected: 'a whole number from 0 to 65535',
    description: { en: 'Port to listen on; 0 takes a free one.', zh: '监听端口；0 表示任选空闲端口。' },
  },
  validTokens: {
    form: 'list',
    reload: 'live',
    expected: 'a list of texts without blanks',
    description: { en: 'Business tokens: may call functions.', zh: '业务令牌：可调用函数。' },
  },
  adminTokens: {
    form: 'list',
    reload: 'live',
    expected: 'a list of texts without blanks',
    description: {
      en: 'Admin tokens: may call functions and the admin routes. A token in both lists is an admin token.',
      zh: '管理令牌：可调用函数和管理接口。同时出现在两个列表中的令牌视为管理令牌。',
    },
  },
  hotReload: {
    form: 'boolean',
    reload: 'restart',
    expected: yesNo,
    description: {
      en: 'Watch `apisDir` and serve saved files at once; `/api/reload` works either way.',
      zh: '监视 `apisDir`，保存即生效；关闭后仍可用 `/api/reload`。',
    },
  },
  debug: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: {
      en: 'Send the messages of unexpected errors to clients.',
      zh: '把意外错误的信息返回给客户端。',
    },
  },
  apisDir: {
    form: 'text',
    reload: 'restart',
    expected: 'the path of a folder',
    description: {
      en: 'Folder of the served files, relative to the project; may lie outside it.',
      zh: '函数文件所在目录，相对于项目目录，也可在项目之外。',
    },
  },
  dataDir: {
    form: 'text',
    reload: 'restart',
    expected: 'the path of a folder',
    description: {
      en: 'Folder for what is kept between starts, such as derived signatures; made when missing.',
      zh: '保存跨启动数据（如推导出的签名）的目录；不存在时自动创建。',
    },
  },
  typeErrors: {
    form: 'text',
    reload: 'live',
    expected: "'off', 'warn' or 'block'",
    description: {
      en: 'Type errors in a saved file: not looked for, told, or reason to keep the last good version.',
      zh: '保存的文件有类型错误时：不检查、提示，或保留上一个可用版本。',
    },
  },
  breakingChanges: {
    form: 'text',
    reload: 'live',
    expected: "'allow', 'warn' or 'block'",
    description: {
      en: 'A save that breaks callers: let pass, told in the log, or reason to keep the last good version.',
      zh: '保存会破坏调用方时：放行、记录日志提示，或保留上一个可用版本。',
    },
  },
  workers: {
    form: 'text',
    reload: 'restart',
    expected: "a whole number from 1 to 256, or 'auto'",
    description: {
      en: 'Processes that serve; `auto` is one per core. More than 1 are watched over and replaced by one more process.',
      zh: '提供服务的进程数；`auto` 表示每个核心一个。大于 1 时另有一个监管进程，负责看护并替换它们。',
    },
  },
  bodyLimit: {
    form: 'text',
    reload: 'live',
    expected: "a size from 1 byte to 256 MiB such as '1 MiB' or '100 KB' (a number is bytes)",
    description: { en: 'Largest request body.', zh: '请求体大小上限。' },
  },
  uploadLimit: {
    form: 'text',
    reload: 'live',
    expected: "a size from 1 byte to 16 GiB such as '25 MiB' or '1 GB' (a number is bytes)",
    description: {
      en: 'Largest `multipart/form-data` request: all files and the rest together.',
      zh: '`multipart/form-data` 请求的大小上限：所有文件与其余部分合计。',
    },
  },
  functionTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 24 days such as '500 ms' or '30 s' (a number is seconds)",
    description: { en: 'Deadline of a call, then 504.', zh: '单次调用的时限，超时返回 504。' },
  },
  blockTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 50 ms to 24 days such as '500 ms' or '5 s' (a number is seconds), or 'off'",
    description: {
      en: 'How long a function may block the process before it is ended with 504; `off` for debugging.',
      zh: '函数可阻塞进程的最长时间，超出则被终止并返回 504；`off` 用于调试。',
    },
  },
  quarantineAfter: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number from 0',
    description: {
      en: 'How often in a row a function may block the process before it is answered 503; 0: for ever.',
      zh: '函数连续阻塞进程多少次后返回 503；0 表示从不隔离。',
    },
  },
  loadTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 24 days such as '500 ms' or '5 s' (a number is seconds)",
    description: { en: "Deadline of a module's `onLoad` hooks.", zh: '模块 `onLoad` 钩子的时限。' },
  },
  disposeTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 24 days such as '500 ms' or '30 s' (a number is seconds)",
    description: {
      en: 'How long calls in flight may hold back the disposal of a replaced module, and how long one of its `onDispose` hooks may take.',
      zh: '进行中的调用最多可将被替换模块的清理推迟多久，以及单个 `onDispose` 钩子的时限。',
    },
  },
  reloadTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 100 ms to 24 days such as '30 s' or '2 minutes' (a number is seconds)",
    description: {
      en: 'Deadline of a whole reload; what served before goes on serving.',
      zh: '一次重载的总时限；超时后原有模块继续服务。',
    },
  },
  scanInterval: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 0 to 24 days such as '30 s' (a number is seconds)",
    description: {
      en: 'How often all files are compared with what is live, for saves that the watcher was not told of; 0 never.',
      zh: '多久比对一次全部文件，以发现监视器漏掉的保存；0 表示从不。',
    },
  },
  maxFileSize: {
    form: 'text',
    reload: 'live',
    expected: "a size from 1 byte to 256 MiB such as '1 MiB' or '500 KB' (a number is bytes)",
    description: {
      en: 'Largest file that is loaded: modules, helpers, imported JSON.',
      zh: '可加载文件（模块、辅助文件、导入的 JSON）的大小上限。',
    },
  },
  keepGenerations: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number from 1 to 1000',
    description: {
      en: 'Good generations that stay at hand for `/api/rollback`, in `dataDir`.',
      zh: '为 `/api/rollback` 保留在 `dataDir` 中的可用代次数量。',
    },
  },
  shutdownTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 0 to 24 days such as '30 s' (a number is seconds)",
    description: { en: 'Time that calls in flight get at shutdown.', zh: '停机时留给进行中调用的时间。' },
  },
  maxConcurrentCalls: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number from 1',
    description: {
      en: 'Calls that may run at once; more are answered 503.',
      zh: '同时进行的调用上限，超出返回 503。',
    },
  },
  maxConnections: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number from 1',
    description: {
      en: 'Connections at once; the requests of more are answered 503, far more are closed unanswered.',
      zh: '同时连接数上限；超出的连接，其请求返回 503；超出更多则直接关闭。',
    },
  },
  maxEventLoopLag: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 0 to 1 hour such as '200 ms' (a number is seconds; 0 is no limit)",
    description: {
      en: 'Mean lateness of the process in the last second above which calls are answered 503; 0 is no limit.',
      zh: '最近一秒内进程平均滞后超过此值时，调用返回 503；0 表示不限制。',
    },
  },
  bufferLimit: {
    form: 'text',
    reload: 'live',
    expected: "a size from 1 byte to 64 GiB such as '256 MiB' (a number is bytes)",
    description: {
      en: 'Bytes of request bodies and unsent answers that the process holds; calls beyond are answered 503.',
      zh: '进程可同时持有的请求体与未发出响应的字节数，超出返回 503。',
    },
  },
  headersTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 1 hour such as '15 s' (a number is seconds)",
    description: {
      en: 'Time in which the headers of a request must arrive, then 408.',
      zh: '请求头须在此时间内到达，否则返回 408。',
    },
  },
  directLane: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: {
      en: 'Answer plain calls ahead of the router, which is faster; `false` only to find out whether a fault lies there.',
      zh: '普通调用先于路由器直接应答，更快；仅在排查问题是否出在此处时设为 `false`。',
    },
  },
  requestTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 1 hour such as '60 s' (a number is seconds)",
    description: {
      en: 'Time in which a JSON body must arrive, then 408; an upload may be silent for 30 s at most, and no longer than this.',
      zh: 'JSON 请求体须在此时间内到达，否则返回 408；上传的静默时间最长 30 s，且不超过此值。',
    },
  },
  sendTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 1 hour such as '60 s' (a number is seconds)",
    description: {
      en: 'A client that takes nothing of its answer for so long is cut off.',
      zh: '客户端在此时间内不接收响应数据即断开。',
    },
  },
  keepAliveTimeout: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 ms to 1 hour such as '65 s' (a number is seconds)",
    description: {
      en: 'Time that an idle connection stays open; more than the idle time-out of a load balancer in front.',
      zh: '空闲连接保持打开的时间；应大于前置负载均衡的空闲超时。',
    },
  },
  rateLimit: {
    form: 'text',
    reload: 'live',
    expected: "calls per window such as '100/60s' or {limit: 100, window: '60 s'}, or 'none'",
    description: {
      en: 'Calls per principal and window, then 429; for example `100/60s`.',
      zh: '每个调用方在时间窗内的调用上限，超出返回 429；例如 `100/60s`。',
    },
  },
  enableRequestLogging: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: { en: 'Log one line per request.', zh: '每个请求记录一行日志。' },
  },
  logToFile: {
    form: 'boolean',
    reload: 'restart',
    expected: yesNo,
    description: {
      en: 'Write log files; otherwise the console only.',
      zh: '写入日志文件；否则仅输出到控制台。',
    },
  },
  logLevel: {
    form: 'text',
    reload: 'live',
    expected: `one of ${logLevels.map((level) => `'${level}'`).join(', ')}`,
    description: {
      en: 'Lowest level of the lines of the system and of functions; all others are always written.',
      zh: '系统日志和函数日志的最低级别；其他日志总是记录。',
    },
  },
  logRequestBody: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: { en: 'Log request bodies, redacted.', zh: '记录请求体（已脱敏）。' },
  },
  logResponseData: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: { en: 'Log the data of answers, redacted.', zh: '记录响应数据（已脱敏）。' },
  },
  logMaxBodySize: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number of characters from 0 to 100000',
    description: {
      en: 'Characters of a logged body or answer; the rest is cut.',
      zh: '日志中请求体或响应的字符数上限，超出截断。',
    },
  },
  logFilePath: {
    form: 'text',
    reload: 'restart',
    expected: "a path such as 'logs/api_{date}.log': a name, then at most one {date}, then an ending",
    description: {
      en: 'Log file; `logs/api_{date}.log` gives `logs/api_.2026-11-20.1.log`, `….2.log` and so on.',
      zh: '日志文件；`logs/api_{date}.log` 生成 `logs/api_.2026-11-20.1.log`、`….2.log` 等。',
    },
  },
  logRotation: {
    form: 'text',
    reload: 'restart',
    expected:
      "a duration from 1 s to 24 days such as '1 day', '1 hour', '30 minutes', or a size from 1 KB such as '100 MB'",
    description: {
      en: 'When a new log file is begun: a duration or a size.',
      zh: '何时开始新的日志文件：时长或大小。',
    },
  },
  logRetention: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 s to 100 years such as '30 days' (a number is seconds)",
    description: {
      en: 'Log files last written longer ago are deleted.',
      zh: '最后写入时间早于此时长的日志文件会被删除。',
    },
  },
  metrics: {
    form: 'text',
    reload: 'live',
    expected: "'off', 'admin' or 'open'",
    description: {
      en: 'Who may read `/metrics`: nobody, who has an admin token, or everybody.',
      zh: '谁可读取 `/metrics`：无人、持有管理令牌者，或所有人。',
    },
  },
  backupInterval: {
    form: 'text',
    reload: 'live',
    expected:
      "a duration from 1 minute to 24 days such as '1 day' or '6 hours' (a number is seconds), or 'off'",
    description: {
      en: 'How often the test platform backs its database up by itself, to `<dataDir>/backups`; `off` never.',
      zh: '测试平台自动备份数据库的间隔，存放于 `<dataDir>/backups`；`off` 表示从不。',
    },
  },
  backupRetention: {
    form: 'text',
    reload: 'live',
    expected: "a duration from 1 minute to 100 years such as '7 days' (a number is seconds)",
    description: {
      en: 'Backups older than this are deleted; the newest one never is.',
      zh: '早于此时长的备份会被删除；最新的一个始终保留。',
    },
  },
  backupCount: {
    form: 'integer',
    reload: 'live',
    expected: 'a whole number from 1 to 10000',
    description: { en: 'Backups that are kept at most.', zh: '最多保留的备份数量。' },
  },
  runnerAllowPrivate: {
    form: 'boolean',
    reload: 'live',
    expected: yesNo,
    description: {
      en: 'Whether API tests may send requests to loopback and private addresses; each project may allow more. Cloud metadata addresses are always refused.',
      zh: 'API 测试可否向回环地址和内网地址发送请求；各项目可另行放行。云元数据地址始终拒绝。',
    },
    defaultText: {
      en: '`true`; `false` with `NODE_ENV=production`',
      zh: '`true`；`NODE_ENV=production` 时为 `false`',
    },
  },
  mcpAllowedHosts: {
    form: 'list',
    reload: 'live',
    expected: "a list of hosts such as 'api.example.com' or 'api.example.com:8443'",
    description: {
      en: 'Names by which `/mcp` may be reached besides `host` and localhost; when `host` is `0.0.0.0`, any IP address will do.',
      zh: '除 `host` 和 localhost 之外，可用于访问 `/mcp` 的主机名；`host` 为 `0.0.0.0` 时任何 IP 地址均可。',
    },
  },
  mcpAllowedOrigins: {
    form: 'list',
    reload: 'live',
    expected: "a list of origins such as 'https://app.example.com'",
    description: {
      en: 'Origins of web pages that may call `/mcp`; pages of the same host always may.',
      zh: '允许调用 `/mcp` 的网页来源；同一主机的网页始终允许。',
    },
  },
} as const satisfies Record<ConfigKey, ConfigKeyFacts>;

/** `logMaxBodySize` → `LOG_MAX_BODY_SIZE` */
export function envName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
