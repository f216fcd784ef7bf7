import type { Finding } from '@claimsmith/core';
import type { Loaded } from '../spec/load.ts';
import type { InventoryItem } from './inventory.ts';

/** A spec with its items. */
export interface Inventoried {
  readonly loaded: Loaded;
  readonly items: readonly InventoryItem[];
}

/**
 * Claims that several specs emit under one name at one issuer, and that do not agree: two owners (TE608), or two meanings
 * (TE609). The finding is at the later of them.
 */
export function conflictsOf(specs: readonly Inventoried[]): readonly Finding[] {
  const findings: Finding[] = [];
  const all = specs.flatMap(({ loaded, items }) => items.map((item) => ({ loaded, item })));
  const told = new Set<string>();
  for (const [index, { loaded, item }] of all.entries()) {
    for (const other of all.slice(0, index)) {
      const shared = sharedName(item, other.item);
      if (shared === undefined || other.loaded.file.path === loaded.file.path) continue;
      const report = (rule: string, key: 'owner' | 'claim', message: string, help: string) => {
        const identity = `${rule} ${loaded.file.path} ${item.claim}`;
        // One finding for each claim, at the first that differs.
        if (told.has(identity)) return;
        told.add(identity);
        const path = ['claims', item.claim];
        const source = loaded.policy?.written;
        const range = key === 'owner' ? source?.value([...path, 'owner']) : source?.key(path);
        findings.push({ rule, severity: 'warning', message, range, help });
      };
      const { owner = 'nobody' } = item;
      const { owner: otherOwner = 'nobody' } = other.item;
      if (owner !== otherOwner)
        report(
          'TE608',
          'owner',
          `The claim \`${shared}\` has two owners: ${owner} here, ${otherOwner} in ${other.item.spec}.`,
          'Agree on one owner, or give one of the claims another name.',
        );
      const difference = meaningOf(item, other.item);
      if (difference !== undefined)
        report(
          'TE609',
          'claim',
          `The claim \`${shared}\` has two meanings: ${difference} in ${other.item.spec}.`,
          'Give one of the claims another name, or make both the same.',
        );
    }
  }
  return findings;
}

/** The name that both have in tokens of an issuer, in the same kind of token. */
function sharedName(one: InventoryItem, other: InventoryItem): string | undefined {
  if (!one.tokens.some((token) => other.tokens.includes(token))) return undefined;
  return Object.entries(one.emitted).find(([issuer, { name }]) => other.emitted[issuer]?.name === name)?.[1]
    .name;
}

/** What a service would have to know: another type, other authority, another purpose. */
function meaningOf(one: InventoryItem, other: InventoryItem): string | undefined {
  const pairs = [
    [one.type, other.type],
    [one.kind, other.kind],
    [one.purpose, other.purpose],
    [one.source.join(', '), other.source.join(', ')],
  ] as const;
  const found = pairs.find(([a, b]) => a !== undefined && b !== undefined && a !== b);
  return found && `${found[0]} here, ${found[1]}`;
}
