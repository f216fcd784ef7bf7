import { countText } from '@claimsmith/cel';
import { assumedBytes, gateways, type Policy, tokenLimitBytes, worstSize } from '@claimsmith/core';
import { fill } from '../output/text.ts';
import type { Preview } from '../run/issue.ts';
import type { Page } from './preview.ts';

/** For each gateway asked for, how large a token may get and how large it takes. Empty if none is asked for. */
export function sizeLines(policy: Policy | undefined, asked: readonly string[]): string {
  if (policy === undefined || asked.length === 0) return '';
  const { bytes, unlimited } = worstSize(policy);
  const size = unlimited.length > 0 ? 'any size' : `${countText(bytes)} bytes`;
  const of = unlimited.length > 0 ? ` (${unlimited.join(', ')})` : ` with texts of ${assumedBytes}`;
  const rows = gateways
    .filter(({ id }) => asked.includes(id))
    .map((gateway) => {
      const limit = tokenLimitBytes(gateway);
      const fits = unlimited.length === 0 && bytes <= limit;
      return `${fits ? '✓' : '✗'} ${gateway.title} takes ${countText(limit)} bytes; an access token may take ${size}${of}\n`;
    });
  return `${rows.join('')}\n`;
}

const gaugeWidth = 20;

/**
 * One line: the sizes of the tokens that were issued, the largest that the spec allows, and how much of the smallest gateway
 * it fills. Empty if no token was issued.
 */
export function sizeGauge(previews: readonly Preview[], policy: Policy, { paint, width }: Page): string {
  const sizes = previews
    .map(({ accessTokenBytes }) => accessTokenBytes)
    .filter((bytes) => bytes !== undefined)
    .toSorted((a, b) => a - b);
  const [least] = sizes;
  const most = sizes.at(-1);
  const [gateway] = gateways;
  if (least === undefined || most === undefined || gateway === undefined) return '';
  const limit = tokenLimitBytes(gateway);
  const { bytes, unlimited } = worstSize(policy);
  const isUnlimited = unlimited.length > 0;
  const filled = isUnlimited ? 1 : Math.min(1, Math.max(bytes, most) / limit);
  const full = Math.ceil(filled * gaugeWidth);
  const bar = '█'.repeat(full) + '░'.repeat(gaugeWidth - full);
  const p95 = sizes[Math.ceil(sizes.length * 0.95) - 1] ?? most;
  const style = isUnlimited || bytes > limit ? paint.warn : paint.faint;
  const worst = isUnlimited
    ? `without limit (${unlimited.join(', ')})`
    : `${countText(bytes)} at most with texts of ${assumedBytes}`;
  const [first = '', ...more] = fill(
    `access tokens: ${countText(least)} to ${countText(most)} bytes here (95% up to ${countText(p95)}), ${worst}; ${gateway.title} takes ${countText(limit)}`,
    width - gaugeWidth - 1,
  );
  const indent = ' '.repeat(gaugeWidth + 1);
  return [`${bar} ${first}`, ...more.map((line) => indent + line)].map((line) => `${style(line)}\n`).join('');
}
