import type { z } from 'zod';
import type { Finding, SpecSource } from '../finding.ts';
import { readDocument, settle, type TextFile } from './document.ts';
import { checkShape } from './issues.ts';

/** A file that belongs to a spec, as its schema has parsed it. */
export interface ShapeReading<T> {
  /** Undefined if a finding is an error. */
  readonly value: T | undefined;
  /** The file's data as it is written; undefined if it cannot be read. */
  readonly data: unknown;
  readonly source: SpecSource;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a file that belongs to a spec, in YAML or JSON, under the bounds of `readSpec`. Never throws.
 *
 * @param noun what the whole is called in findings: `environment`
 */
export function readShape<T>(file: TextFile, schema: z.ZodType<T>, noun: string): ShapeReading<T> {
  const document = readDocument(file);
  const { source, data } = document;
  if (!document.readable) return { value: undefined, data, source, findings: document.findings };
  const shape = checkShape(schema, { ...document, noun });
  const findings = settle([...document.findings, ...shape.findings]);
  const isWrong = findings.some(({ severity }) => severity === 'error');
  return { value: isWrong ? undefined : shape.value, data, source, findings };
}
