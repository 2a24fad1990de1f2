import { apisOverrides, sourceOverrides } from './lint/restrict-imports.mjs';

export default {
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'node', 'vitest'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  env: {
    node: true,
    es2024: true,
  },
  ignorePatterns: ['dist', 'node_modules', 'bench/node_modules', 'data', 'logs'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    eqeqeq: 'error',
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': [
      'error',
      {
        ignoreReadBeforeAssign: true,
      },
    ],
    'max-lines-per-function': [
      'error',
      {
        max: 70,
        skipBlankLines: true,
        skipComments: true,
      },
    ],
    'max-params': [
      'error',
      {
        max: 3,
      },
    ],
    'import/no-cycle': 'error',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'import/no-unassigned-import': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-return': 'off',
    'typescript/no-misused-spread': 'off',
    'no-underscore-dangle': 'off',
  },
  overrides: [
    ...sourceOverrides,
    ...apisOverrides,
    {
      files: ['src/containment/**'],
      rules: {
        'typescript/unbound-method': 'off',
      },
    },
    {
      files: ['apis/*.ts'],
      rules: {
        'max-params': 'off',
      },
    },
    {
      files: ['apis/_platform/storage/migrations/**'],
      rules: {
        'max-lines-per-function': 'off',
      },
    },
    {
      files: ['src/cli/**', 'bench/**', 'src/service/check-modules.ts'],
      rules: {
        'no-console': 'off',
      },
    },
    {
      files: ['test/**'],
      rules: {
        'no-console': 'off',
        'max-lines-per-function': 'off',
        'typescript/no-non-null-assertion': 'off',
        'vitest/no-conditional-expect': 'off',
        'vitest/expect-expect': 'off',
        'vitest/no-standalone-expect': 'off',
        'vitest/valid-expect': 'off',
        'vitest/require-to-throw-message': 'off',
        'unicorn/no-thenable': 'off',
        'typescript/unbound-method': 'off',
        'typescript/no-unnecessary-type-assertion': 'off',
        'typescript/await-thenable': 'off',
        'no-unmodified-loop-condition': 'off',
        'typescript/no-explicit-any': 'off',
        'import/no-named-as-default-member': 'off',
        'max-params': 'off',
      },
    },
  ],
};
