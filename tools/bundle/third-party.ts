import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * The licenses of the packages that went into a bundle. They have to come with it.
 *
 * @param working the folder that the bundler ran in, which its paths start from
 * @throws Error for a package that says nothing of its license
 */
export function thirdPartyLicenses({ outputs }: Metafile, working = process.cwd()): string {
  const inputs = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(inputs.flatMap((path) => packageFolder(path) ?? []));
  const byText = new Map<string, Set<string>>();
  for (const folder of folders) {
    const { name, text } = licenseOf(resolve(working, folder));
    byText.set(text, (byText.get(text) ?? new Set()).add(name));
  }
  const sections = [...byText].map(([text, names]) => `${[...names].toSorted().join('\n')}\n\n${text}\n`);
  return sections.toSorted().join(`\n${'─'.repeat(80)}\n\n`);
}

/** The folder of the package that a file belongs to; undefined for our own. */
function packageFolder(path: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/'))?.[1];
}

/** A package with its version and license, and the texts that come with it. */
function licenseOf(folder: string): { readonly name: string; readonly text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file));
  if (files.length === 0 && typeof license !== 'string')
    throw new Error(`${name} says nothing of its license`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
