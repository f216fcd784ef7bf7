import { readScenarios } from '@claimsmith/core/spec';
import { issuerIds } from '../issuers.ts';

/** Whether a text is a file of scenarios. Loaded when a file is not called as specs are. */
export function holdsScenarios(file: string, text: string): boolean {
  return readScenarios({ file, text }, undefined, issuerIds).scenarios.length > 0;
}
