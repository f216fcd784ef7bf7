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
  const rows = columns
    .filter(([title]) => !['spec', 'policy', 'claim'].includes(title))
    .map(([title, text]) => [title, text(item)] as const)
    .filter(([, text]) => text !== '');
  const lines = rows.map(([title, text]) => `| ${title} | ${markdown(text)} |`);
  return `### ${markdown(item.claim)}\n\n| | |\n|---|---|\n${lines.join('\n')}\n`;
}

/** Text that Markdown shows as it is: no link, no HTML, no end of a cell. */
export function markdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~#!]/g, (character) => `\\${character}`)
    .replaceAll('&', '&amp;')
    .replace(/(https?):\/\//g, '$1:&#47;&#47;')
    .replace(/(^|\s)@(?=\w)/g, '$1&#64;');
}

/** A page without scripts that needs nothing from anywhere. */
export function inventoryHtml(items: readonly InventoryItem[]): string {
  const [head = [], ...rows] = tableOf(items);
  const cell = (tag: string) => (text: string) => `<${tag}>${html(text)}</${tag}>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Claims</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em }
table { border-collapse: collapse }
th, td { border: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 5em }
th { background: #f3f3f3; position: sticky; top: 0 }
</style>
<h1>Claims</h1>
<table>
<tr>${head.map(cell('th')).join('')}</tr>
${rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`).join('\n')}
</table>
</html>
`;
}

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
