import { z } from 'zod';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import type { Page } from './bodies.ts';
import { invalid, Refusal } from './refusal.ts';
import type { Tenant } from './tenant.ts';

/** One endpoint. */
export interface Route {
  readonly method: string;
  /** Behind `/api/v2`; `:name` stands for one segment. */
  readonly path: string;
  /** What the token must allow. */
  readonly scope: string;
  readonly answer: (call: Call) => StandInAnswer;
}

export interface Call extends StandInRequest {
  readonly tenant: Tenant;
  /** The values of the path's `:name`s, in their order. */
  readonly segments: readonly string[];
}

export const route = (line: string, scope: string, answer: Route['answer']): Route => {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, scope, answer };
};

/** The segments of a path that a route answers; undefined if it does not. */
export function matchOf({ path }: Route, asked: string): readonly string[] | undefined {
  const pattern = path.split('/');
  const parts = asked.split('/');
  if (pattern.length !== parts.length) return undefined;
  const segments: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (pattern[index]?.startsWith(':')) segments.push(decodeURIComponent(part));
    else if (pattern[index] !== part) return undefined;
  }
  return segments;
}

/** The body, if it has the right fields. */
export function bodyAs<T extends z.ZodType>({ body }: Call, schema: T): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.message ?? 'Invalid body'} (${issue?.path.join('.') ?? ''})`);
}

const pageNumber = z.coerce.number().int().min(0);
const pageSize = z.coerce.number().int().min(0).max(100);

/** Which page is asked for: 50 items unless the request says otherwise, 100 at most. */
export function pageAs({ query, tenant }: Call): Page {
  const page = pageNumber.safeParse(query.get('page') ?? 0);
  const perPage = pageSize.safeParse(query.get('per_page') ?? 50);
  if (!page.success || !perPage.success) {
    throw new Refusal(
      400,
      'Query validation error: page or per_page is out of range.',
      'invalid_query_string',
    );
  }
  return { page: page.data, per_page: Math.min(perPage.data, tenant.options.longestPage ?? 100) };
}

export function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Refusal(404, message);
  return value;
}
