import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of all packages that the files are of; most ask for their text to come with each copy.
 *
 * @param {readonly string[]} files relative to `root`
 * @param {string} root
 * @returns {string}
 * @throws Error when a package has no such file
 */
export function licencesOf(files, root) {
  const folders = files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${licenceIn(path, name)}`;
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function licenceIn(folder, name) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(join(folder, file)))
    throw new Error(`package '${name}' has no licence file: make it a separate one, or name its terms here`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
