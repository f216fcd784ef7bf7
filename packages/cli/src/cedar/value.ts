import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isMapping } from '@claimsmith/core';

/** A mapping as Cedar's JSON. Cedar itself refuses what it cannot read. */
export function cedarRecord(value: Readonly<Record<string, unknown>> = {}): Record<string, CedarValueJson> {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cedarValue(one)]));
}

function cedarValue(value: unknown): CedarValueJson {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(cedarValue);
  return isMapping(value) ? cedarRecord(value) : null;
}
