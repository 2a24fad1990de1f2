/**
 * A module of 20 KB in the given version: each version has other text, as after a real save, so that no cache
 * of compiled code can answer for it. Plain JavaScript, because the processes that evaluate it run without a loader.
 */
const size = 20 * 1024;

/** @param {'esm' | 'script' | 'api'} format @param {number} version */
export function moduleSource(format, version) {
  const parts = [heads[format](version)];
  for (let length = parts[0].length, index = 0; length < size; index++) {
    const part = functionText(index);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

const heads = {
  esm: (version) => `export const version = ${version};\n`,
  script: (version) => `exports.version = ${version};\n`,
  api: (version) =>
    `import { apiFunction } from 'api-deploy';\nexport const version = apiFunction((name = 'World') => \`\${name} ${version}\`);\n`,
};

const functionText = (index) => `
const table${index} = { label: 'row ${index}', values: [${index}, ${index + 1}, ${index + 2}], nested: { on: true } };
function step${index}(input = 0) {
  const total = table${index}.values.reduce((sum, value) => sum + value, input);
  return total > 100 ? { label: table${index}.label, total } : { label: 'small', total: total * 2 };
}
step${index}(${index});
`;
