import { namesIn, pathOf, type Type } from '@claimsmith/cel';
import { leewayMs } from '../freshness.ts';
import type { PolicyClaim } from '../policy.ts';
import { tokenNames } from '../tokens.ts';
import { indent } from './readers.ts';
import { js, propertyAccess } from './text.ts';
import { delegatedTest, isAlwaysTrue, type Work } from './work.ts';

/** `evaluateClaims(run)`: each claim in turn, even if an earlier one failed. */
export function claimsText(work: Work): string {
  const { claims } = work.policy;
  if (claims.length === 0) return '';
  const blocks = claims.map((claim) => claimText(work, claim)).join('\n');
  const named = namesIn(blocks);
  const variables = [
    ...['context', 'sources', 'claims', 'access', 'id'].map((name) => `${name} = run.${name}`),
    'userinfo = (run.userinfo = {})',
    'value',
  ].filter((variable) => named.has(variable.replace(/ .*/, '')));
  const declared = variables.length === 0 ? '' : `  var ${variables.join(', ')};\n`;
  return `function evaluateClaims(run) {\n${declared}${indent(blocks)}\n}`;
}

function claimText(work: Work, claim: PolicyClaim): string {
  const { name, kind, onMissing } = claim;
  const ages = ageTexts(work, claim);
  const bounds = boundTexts(claim);
  const place = targets(work, claim).join(' = ');
  const value = valueText(work, claim);
  const evaluated = [
    ...ages,
    ...(bounds.length === 0
      ? [`${place} = ${value};`]
      : [`value = ${value};`, ...bounds, `${place} = value;`]),
    `emitted(run, ${js(name)});`,
  ].join('\n');
  const { before, inside } = conditions(work, claim);
  const skipped = `skipped(run, ${js(name)});`;
  const tried =
    inside === undefined ? evaluated : `if (truth(${inside})) {\n${indent(evaluated)}\n} else ${skipped}`;
  const text = `try {\n${indent(tried)}\n} catch (error) {\n${indent(missingText(work, claim))}\n}`;
  const outcome = typeof onMissing === 'string' ? onMissing : 'default';
  const always = claim.when !== undefined && inside === undefined ? '; its `when` is always true here' : '';
  const whole = before === undefined ? text : `if (${before}) {\n${indent(text)}\n} else ${skipped}`;
  return `// ${printable(name)}: ${kind}, missing: ${outcome}${always}\n${whole}`;
}

/** Names hold no white space, but anything else that prints. */
function printable(name: string): string {
  return name.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Where a claim's value goes. */
function targets({ claimsRead, names }: Work, { name, tokens }: PolicyClaim): readonly string[] {
  const alias = propertyAccess(names[name] ?? name);
  return [
    ...(claimsRead.has(name) ? [`claims${propertyAccess(name)}`] : []),
    ...tokenNames.filter((token) => tokens.includes(token)).map((token) => token + alias),
  ];
}

function missingText(work: Work, claim: PolicyClaim): string {
  const { name, onMissing } = claim;
  if (onMissing === 'deny') return `deny(run, 'claim', ${js(name)}, causeOf(error));`;
  if (onMissing === 'omit') return `note(run, 'claim', ${js(name)}, 'omitted', causeOf(error));`;
  const value = [...targets(work, claim), js(onMissing.default)].join(' = ');
  return `${value};\nnote(run, 'claim', ${js(name)}, 'default', causeOf(error));`;
}

/** The conditions under which a claim is emitted: who acts for the subject, its audiences, its clients, and its `when`. */
export function conditions(work: Work, { name, audiences, clients, when, delegated }: PolicyClaim) {
  const undelegated = delegatedTest(work, delegated);
  const addressed = [
    ...(undelegated === undefined ? [] : [undelegated]),
    ...(audiences ? [`${js(audiences)}.indexOf(context.request.audience) >= 0`] : []),
    ...(clients ? [`${js(clients)}.indexOf(context.client.id) >= 0`] : []),
  ];
  return {
    before: addressed.length === 0 ? undefined : addressed.join(' && '),
    inside: when && !isAlwaysTrue(work, when) ? work.functions.call('when', name, when) : undefined,
  };
}

/** Computes a claim's value; fails if a token cannot carry the value. */
function valueText({ functions }: Work, { name, type, value, constant }: PolicyClaim): string {
  const text = value ? functions.call('value', name, value) : js(constant ?? []);
  // A number of the context is always finite, because its reader accepts no other.
  const isOwnDouble = type.kind === 'double' && value !== undefined && pathOf(value.root) !== undefined;
  if (hasSize(type) && !isOwnDouble) return `claimValue(${text}, context.budget)`;
  return value ? `notAbsent(${text})` : text;
}

function ageTexts({ policy, restsOn }: Work, { value, maxAgeSeconds }: PolicyClaim): readonly string[] {
  if (maxAgeSeconds === undefined) return [];
  const lifetimeSeconds = (policy.spec.lifetime?.access ?? 0) / 1000;
  return restsOn(value).map((source) => {
    const lagSeconds = (policy.sources.find(({ name }) => name === source)?.lagMs ?? 0) / 1000;
    const limit = maxAgeSeconds - lifetimeSeconds - lagSeconds - leewayMs / 1000;
    return `limitAge(run.answers, ${js(source)}, ${limit});`;
  });
}

/** The declared bounds of a value. */
function boundTexts({ maxItems, maxBytes }: PolicyClaim): readonly string[] {
  return [
    ...(maxItems === undefined ? [] : [`limitItems(value, ${maxItems});`]),
    ...(maxBytes === undefined ? [] : [`limitBytes(value, ${maxBytes});`]),
  ];
}

/** Whether a value may be large, or no JSON. */
function hasSize({ kind }: Type): boolean {
  return kind !== 'bool' && kind !== 'int';
}
