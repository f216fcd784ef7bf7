import type { Issuer } from '@claimsmith/core';
import { check } from './check/check.ts';
import { names } from './names.ts';
import { settings } from './settings.ts';
import { eventFrom } from './simulator/event-from.ts';
import { lacks, supplies } from './supplies.ts';

export const toy = {
  id: 'toy',
  title: 'Toy',
  settings,
  starter: { settings: '{}' },
  names,
  check,
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  model: { supplies, lacks },
  simulator: {
    eventFrom,
    simulate: async (...asked) => (await import('./simulator/simulator.ts')).simulate(...asked),
  },
} satisfies Issuer;
