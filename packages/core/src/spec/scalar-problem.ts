import type { Scalar } from 'yaml';
import type { Span } from '../finding.ts';
import { problem, type ReadProblem } from './problem.ts';
import { readRules } from './rule-ids.ts';

/** Text to a YAML 1.2 reader, a boolean to one of YAML 1.1. */
const yaml11Boolean = /^(?:y|yes|n|no|on|off)$/i;
/** A YAML 1.2 reader sees text, a YAML 1.1 reader a number: digits in groups, base 60. */
const yaml11Number = /^[-+]?(?:\d[\d_]*_[\d_]*|\d+(?::[0-5]?\d)+)$/;
/** Numbers that are not what they look like: 0x1F, 0o17, 007. */
const oddNumber = /^[-+]?0[xo\d]/i;

/** What is wrong with a scalar by itself, whatever its place. */
export function scalarProblem(node: Scalar, span: Span): ReadProblem | undefined {
  const { value, source = '' } = node;
  if (node.type !== 'PLAIN') return undefined;
  if (typeof value === 'number') return numberProblem(value, source, span);
  if (typeof value !== 'string') return undefined;
  const taken = yaml11Boolean.test(value)
    ? 'true or false'
    : yaml11Number.test(value)
      ? 'a number'
      : undefined;
  if (taken === undefined) return undefined;
  const message = `\`${value}\` is text here; other YAML readers read it as ${taken}.`;
  return { ...ambiguous(message, value, span), fix: 'quote' };
}

function numberProblem(value: number, source: string, span: Span): ReadProblem | undefined {
  const error = (message: string, help: string) => problem(readRules.wrongValue, message, span, help);
  if (!Number.isFinite(value)) {
    return error(
      'A number must be finite, because JSON, and so a token, cannot hold others.',
      'Put it in quotes if it is text.',
    );
  }
  if (!/[.e]/i.test(source.replace(/^[-+]?0x.*/i, '')) && !Number.isSafeInteger(value)) {
    return error('Whole numbers are exact only up to 9007199254740991.', 'Put it in quotes to make it text.');
  }
  return oddNumber.test(source) && !/^[-+]?0\d*[.e]/i.test(source)
    ? ambiguous(
        `\`${source}\` is the number ${value} here; other YAML readers may read another number.`,
        source,
        span,
      )
    : undefined;
}

function ambiguous(message: string, text: string, span: Span): ReadProblem {
  const help = `Write "${text}" if it is text.`;
  return { ...problem(readRules.ambiguousScalar, message, span, help), severity: 'warning' };
}
