import type { Answers, Context, Program } from '@claimsmith/runtime';
import { describe, expect, it } from 'vitest';
import { deciding } from '../../test/hook-fixtures.ts';
import { createTurns } from './turns.ts';

const whole = 1_000_000;

/** A program that takes so many steps to decide, and notes when it does. */
function taking(steps: number, ran: string[] = [], name = 'it'): Program {
  const program = deciding({ access: { name } });
  return {
    ...program,
    context: () => ({ budget: { left: whole } }),
    decide(context: Context, answers: Answers) {
      if (context.budget !== undefined) context.budget.left -= steps;
      const isSpent = !((context.budget?.left ?? 0) >= 0);
      ran.push(isSpent ? `${name} stopped` : name);
      const decision = program.decide(context, answers);
      return isSpent ? { ...decision, denied: 'enrichment_unavailable', access: {} } : decision;
    },
  };
}

const never = () => false;

describe('a turn', () => {
  it('is not waited for by what is quick, which pays for what it takes', () => {
    const driven = createTurns().of(taking(400), never);
    const context = driven.context({});
    expect(driven.decide(context, {})).toMatchObject({ access: { name: 'it' } });
    expect(context.budget?.left).toBe(whole - 400);
  });

  it('comes to what takes long, which then has its whole budget', async () => {
    const ran: string[] = [];
    const driven = createTurns().of(taking(800_000, ran), never);
    const context = driven.context({});
    const decided = driven.decide(context, {});
    expect(decided).toBeInstanceOf(Promise);
    expect(await decided).toMatchObject({ denied: undefined, access: { name: 'it' } });
    expect(ran).toEqual(['it stopped', 'it']);
    expect(context.budget?.left).toBe(whole - 800_000);
  });

  it('does not make more of a budget than there is', async () => {
    const driven = createTurns().of(taking(whole + 1), never);
    expect(await driven.decide(driven.context({}), {})).toMatchObject({
      denied: 'enrichment_unavailable',
      access: {},
    });
  });

  it('comes to one after the other, and lets what is quick go first', async () => {
    const turns = createTurns();
    const ran: string[] = [];
    const decide = (name: string, steps: number) => {
      const driven = turns.of(taking(steps, ran, name), never);
      return driven.decide(driven.context({}), {});
    };
    const slow = ['a', 'b', 'c'].map((name) => decide(name, 90_000));
    const between: string[][] = [];
    for (let i = 0; i < 3; i++) {
      await slow[i];
      decide(`quick ${i}`, 1);
      between.push(ran.filter((name) => !name.endsWith('stopped')));
    }
    expect(between).toEqual([
      ['a', 'quick 0'],
      ['a', 'quick 0', 'b', 'quick 1'],
      ['a', 'quick 0', 'b', 'quick 1', 'c', 'quick 2'],
    ]);
  });

  it('is left out where it comes too late, and what throws in it throws', async () => {
    const turns = createTurns();
    const ran: string[] = [];
    const late = turns.of(taking(90_000, ran, 'late'), () => true);
    const broken = turns.of(
      {
        ...taking(90_000),
        decide(context: Context) {
          if (context.budget === undefined || context.budget.left > 50_000) throw new Error('broken');
          context.budget.left = -1;
          return deciding({}).decide(context, {});
        },
      },
      never,
    );
    const last = turns.of(taking(90_000, ran, 'last'), never);
    const outcomes = [late, broken, last].map((driven) => driven.decide(driven.context({}), {}));
    const settled = await Promise.allSettled(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(ran).toEqual(['late stopped', 'last stopped', 'last']);
  });

  it('is not for a program without a budget, as older ones are', () => {
    const driven = createTurns().of(deciding({ access: { a: 1 } }), never);
    expect(driven.decide(driven.context({}), {})).toMatchObject({ access: { a: 1 } });
  });
});
