import { countText } from '@claimsmith/cel';

/** `1 claim`, `2 claims`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
