/** How long a hook keeps a bystander waiting while others attack it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { policyText } from '../../packages/okta-server/test/served.ts';
import {
  bundleInto,
  callHook,
  claimsOf,
  connections,
  percentile,
  removeFolder,
  startHookProcess,
} from '../hook-faults/hook-process.ts';
import { type Attack, attackRequest, attacks, bystanderRequest, startSource } from './attack.ts';

export interface Bystander {
  readonly name: string;
  /** Milliseconds from request to answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly alonePeakMs: number;
  /** Answers to the bystander that issue what they should, of all. */
  readonly issued: number;
  readonly asked: number;
  /** What attackers got: answers, and issued tokens among them. */
  readonly attacks: number;
  readonly granted: number;
}

const attackers = 50;
/** A login by somebody else, so often. */
const pauseMs = 10;

export async function measureBystanders(seconds: number): Promise<readonly Bystander[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bystander-'));
  const source = await startSource();
  try {
    const main = bundleInto(folder);
    const results: Bystander[] = [];
    for (const attack of attacks) results.push(await measure(folder, main, source.port, attack, seconds));
    return results;
  } finally {
    source.stop();
    removeFolder(folder);
  }
}

async function measure(
  folder: string,
  main: string,
  sourcePort: number,
  attack: Attack,
  seconds: number,
): Promise<Bystander> {
  const policyFile = join(folder, 'policy.mjs');
  writeFileSync(policyFile, policyText(attack.spec.replace('{PORT}', String(sourcePort))));
  const hook = await startHookProcess({ main, policyFile, auditFile: 'off' });
  try {
    const own = connections(4);
    const alone: number[] = [];
    for (let i = 0; i < 50; i++) alone.push((await callHook(hook.port, own, bystanderRequest())).ms);
    const counts = { attacks: 0, granted: 0 };
    let isOver = false;
    const theirs = connections(attackers);
    const attackOnce = async () => {
      while (!isOver) {
        const answer = await callHook(hook.port, theirs, attackRequest(attack));
        counts.attacks++;
        if (claimsOf(answer) !== undefined) counts.granted++;
      }
    };
    const attacking = Array.from({ length: attackers }, attackOnce);
    await later(500);
    const times: number[] = [];
    let issued = 0;
    const endMs = performance.now() + seconds * 1000;
    while (performance.now() < endMs) {
      const answer = await callHook(hook.port, own, bystanderRequest());
      times.push(answer.ms);
      if (claimsOf(answer)?.['login'] !== undefined) issued++;
      await later(pauseMs);
    }
    isOver = true;
    await Promise.all(attacking);
    return {
      name: attack.name,
      p50Ms: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
      alonePeakMs: percentile(alone, 0.99),
      issued,
      asked: times.length,
      ...counts,
    };
  } finally {
    await hook.stop();
  }
}

export function formatBystanders(rows: readonly Bystander[]): string {
  const ms = (value: number) => `${value.toFixed(0)} ms`.padStart(9);
  return [
    `${'p50'.padStart(9)}${'p99'.padStart(9)}${'alone'.padStart(9)}  a bystander while ${attackers} callers attack with`,
    ...rows.map(
      ({ p50Ms, p99Ms, alonePeakMs, name, issued, asked, attacks: count, granted }) =>
        `${ms(p50Ms)}${ms(p99Ms)}${ms(alonePeakMs)}  ${name}: ${issued} of ${asked} issued, ${granted} of ${count} attacks`,
    ),
  ].join('\n');
}
