import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = 'https://github.com/claimsmith/claimsmith/blob/main/';

const pagesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = [
  ...pagesIn('.'),
  ...pagesIn('docs'),
  ...pagesIn('docs/rules'),
  ...readdirSync(join(root, 'packages')).flatMap((name) => pagesIn(join('packages', name))),
];

/** The anchors of a page, as its host makes them of the headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return new Set(headings);
}

/** The links of a page to this repository that lead nowhere. */
function deadLinks(page: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link) && !link.startsWith(home)) return [];
    const [path = '', anchor] = link.replace(home, '').split('#');
    const base = link.startsWith(home) ? root : dirname(join(root, page));
    const target = path === '' && !link.startsWith(home) ? join(root, page) : join(base, path);
    const isThere = existsSync(target) && (anchor === undefined || anchorsOf(target).has(anchor));
    return isThere ? [] : [`${relative(root, target)}#${anchor ?? ''}`];
  });
}

test.each(pages)('%s: every link into this repository leads somewhere', (page) => {
  expect(deadLinks(page, readFileSync(join(root, page), 'utf8'))).toEqual([]);
});

test('a dead link is found', () => {
  const text = `[a](docs/gone.md) [b](README.md#gone) [c](${home}docs/gone.md) [d](#packages) [e](docs/cli.md#check)`;
  expect(deadLinks('README.md', text)).toEqual(['docs/gone.md#', 'README.md#gone', 'docs/gone.md#']);
});
