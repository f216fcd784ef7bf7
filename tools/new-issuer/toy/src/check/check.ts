import { type Finding, lossFindings, type Policy } from '@claimsmith/core';
import { lacks } from '../supplies.ts';

/** What it does not know, and that it asks no sources. */
export function check(policy: Policy): readonly Finding[] {
  const situations = ['human', 'machine', 'agent'].map((subject_type) => ({
    where: 'at a sign-in',
    values: { subject_type },
    ...lacks(policy),
  }));
  const sources = policy.sources.map(({ name }) => ({
    rule: 'TE803',
    severity: 'error' as const,
    message: 'Toy asks no sources.',
    range: policy.source.key(['sources', name]),
    help: 'Leave it out, or issue these tokens elsewhere.',
  }));
  return [...lossFindings(policy, { id: 'toy', title: 'Toy', situations }), ...sources].map((finding) => ({
    ...finding,
    issuer: 'toy',
  }));
}
