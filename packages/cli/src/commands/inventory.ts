import { isError } from '@claimsmith/core';
import type { ExitCode } from '../exit.ts';
import { exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { inventoryOf } from '../run/inventory.ts';
import { conflictsOf, type Inventoried } from '../run/inventory-conflicts.ts';
import { showFindings } from '../show/findings.ts';
import { inventoryCsv, inventoryHtml, inventoryMarkdown } from '../show/inventory.ts';
import { loadOptions, loadSpec } from '../spec/load.ts';
import { specFiles } from '../spec/spec-files.ts';

type Flags = FlagsOf<'inventory'>;

/** Lists the claims of one or several specs, and where specs do not agree about one. */
export async function inventory(
  terminal: Terminal,
  specs: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const { cwd, paintErr, width, err } = terminal;
  const done: Inventoried[] = [];
  let hasErrors = false;
  for (const spec of await specFiles(specs, cwd)) {
    const loaded = await loadSpec(spec, [], cwd, loadOptions(terminal, flags));
    if (loaded.policy === undefined) {
      hasErrors = true;
      const texts = [{ file: loaded.file.name, text: loaded.text }];
      await showFindings(loaded.findings.filter(isError), texts, paintErr, width, err);
    }
    done.push({ loaded, items: inventoryOf(loaded) });
  }
  const items = done.flatMap((one) => one.items);
  const conflicts = conflictsOf(done);
  const texts = done.map(({ loaded }) => ({ file: loaded.file.name, text: loaded.text }));
  switch (flags.json ? 'json' : (flags.format ?? 'md')) {
    case 'json': {
      const { findingsReport } = await import('@claimsmith/core/render');
      terminal.out(jsonDocument({ claims: items, ...findingsReport(conflicts) }));
      break;
    }
    case 'csv':
      terminal.out(inventoryCsv(items));
      break;
    case 'html':
      terminal.out(inventoryHtml(items));
      break;
    default:
      terminal.out(inventoryMarkdown(items));
  }
  await showFindings(conflicts, texts, paintErr, width, err);
  return hasErrors || conflicts.length > 0 ? exit.findings : exit.fine;
}
