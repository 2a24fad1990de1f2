/** What files in `apis/` and `config.ts` may import. */
export { apiFunction } from './contract/api-function.ts';
export type { ApiFunctionBrand, ApiFunctionOptions, RateLimit } from './contract/api-function.ts';
export { ApiError, isApiError } from './contract/api-error.ts';
export type { ApiErrorOptions } from './contract/api-error.ts';
export { errorCodes } from './contract/error-codes.ts';
export type { ErrorCode } from './contract/error-codes.ts';
export type { CallContext, CallLogger, Principal, Role } from './contract/call-context.ts';
export type { FailureEnvelope, SuccessEnvelope } from './contract/envelope.ts';
export { onDispose, onLoad } from './contract/lifecycle-hooks.ts';
export type { LifecycleHook, LoadHook } from './contract/lifecycle-hooks.ts';
export type {
  ReloadNews,
  ServedChange,
  ServedEndpoint,
  Service,
  ServiceCallResult,
} from './contract/service.ts';
export { defineConfig } from './config/define-config.ts';
export type { ConfigInput } from './config/schema.ts';
