import { columns, type InventoryItem } from '../run/inventory.ts';

/** Rows of texts below their headings. */
type Table = readonly (readonly string[])[];

function tableOf(items: readonly InventoryItem[]): Table {
  return [columns.map(([title]) => title), ...items.map((item) => columns.map(([, text]) => text(item)))];
}

/**
 * Comma-separated values as RFC 4180 has them. A cell that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function inventoryCsv(items: readonly InventoryItem[]): string {
  return tableOf(items)
    .map((row) => `${row.map(csvCell).join(',')}\r\n`)
    .join('');
}

/** Every cell is quoted, since some programs also split at semicolons and tabs. */
function csvCell(text: string): string {
  const line = oneLine(text);
  const harmless = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20|%]/.test(line) ? `'${line}` : line;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** No control characters: they move cells, and hide what stands behind them. */
function oneLine(text: string): string {
  return text.replace(hidden, ' ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it finds
const hidden = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** One section for each claim: a table of sixteen columns fits no page. */
export function inventoryMarkdown(items: readonly InventoryItem[]): string {
  const specs = new Set(items.map(({ spec }) => spec));
  const sections = [...specs].map((spec) => {
    const own = items.filter((item) => item.spec === spec);
    const head = `## ${markdown(own[0]?.policy ?? spec)}\n\n${markdown(spec)}\n`;
    return [head, ...own.map(claimMarkdown)].join('\n');
  });
  return `# Claims\n\n${sections.join('\n')}`;
}

function claimMarkdown(item: InventoryItem): string {
  const lines = rowsOf(item).map(([title, text]) => `| ${title} | ${markdown(text)} |`);
  return `### ${markdown(item.claim)}\n\n| | |\n|---|---|\n${lines.join('\n')}\n`;
}

/** What is known of a claim, title by title, besides its name and its spec. */
function rowsOf(item: InventoryItem): readonly (readonly [title: string, text: string])[] {
  return columns
    .filter(([title]) => !['spec', 'policy', 'claim'].includes(title))
    .map(([title, text]) => [title, text(item)] as const)
    .filter(([, text]) => text !== '');
}

/** Text that Markdown shows as it is: no link, no HTML, no end of a cell, and at GitHub no mention and no reference. */
export function markdown(text: string): string {
  return (
    oneLine(text)
      // GitHub looks for mentions in the text that is shown, so an escape would not keep them away.
      .replace(/(?<!\w)@(?=\w)/g, '@\u2060')
      .replace(/#(?=\d)/g, '#\u2060')
      .replace(/\bGH-(?=\d)/gi, (prefix) => `${prefix}\u2060`)
      .replace(/[\\`*_[\]<>|~#!]/g, (character) => `\\${character}`)
      .replaceAll('&', '&amp;')
      .replace(/(https?):\/\//g, '$1:&#47;&#47;')
  );
}

/** A page without scripts that needs nothing from anywhere: a card for each claim, also on narrow screens and paper. */
export function inventoryHtml(items: readonly InventoryItem[]): string {
  const specs = [...new Set(items.map(({ spec }) => spec))];
  const sections = specs.map((spec) => {
    const own = items
      .map((item, index) => ({ item, id: `c${index}` }))
      .filter(({ item }) => item.spec === spec);
    const links = own.map(({ item, id }) => `<a href="#${id}">${html(item.claim)}</a>`);
    return `<h2>${html(own[0]?.item.policy ?? spec)}</h2>
<p class="file">${html(spec)}</p>
<nav aria-label="Claims">${links.join('\n')}</nav>
<div class="cards">
${own.map(({ item, id }) => claimHtml(item, id)).join('\n')}
</div>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Claims</title>
<style>
${pageStyle}
</style>
<h1>Claims</h1>
${sections.join('\n')}
</html>
`;
}

function claimHtml(item: InventoryItem, id: string): string {
  const rows = rowsOf(item).filter(([title]) => title !== 'kind');
  return `<article id="${id}" class="${item.kind}">
<h3>${html(item.claim)}</h3>
<p class="kind">${html(item.kind)}</p>
<dl>
${rows.map(([title, text]) => `<dt>${html(title)}</dt><dd>${html(text)}</dd>`).join('\n')}
</dl>
</article>`;
}

const pageStyle = `:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --faint: light-dark(#59636e, #9198a1); --strong: light-dark(#9a3412, #fdba74); --page: light-dark(#f6f8fa, #0d1117); --card: light-dark(#fff, #151b23) }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 90rem; margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2rem); background: var(--page) }
h1, h2, h3, p, dl { margin: 0 }
h2 { margin-top: 2rem }
h1, h2, h3, a, dd, .file { overflow-wrap: anywhere }
h3 { font: 600 1rem/1.3 ui-monospace, monospace }
.file, .kind, dt { color: var(--faint) }
.authoritative .kind { color: var(--strong); font-weight: 600 }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 1rem; font-family: ui-monospace, monospace }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1rem }
article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; break-inside: avoid }
article.authoritative { border-left: 4px solid var(--strong) }
article:target { outline: 2px solid var(--strong) }
dl { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .2rem .75rem; margin-top: .6rem }
dd { margin: 0 }
@media (max-width: 26rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0 } dd { margin: 0 0 .4rem } }
@media print { :root { color-scheme: light } body { font-size: 10pt; padding: 0; background: none } nav { display: none } .cards { display: block } article { margin-bottom: 4mm; border-radius: 0 } h2 { break-after: avoid } }`;

function html(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return oneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
