import type { Finding, Severity } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { isUnder, type Situation } from './known.ts';
import { agentsNamed, isOfAgents, type Loss, lossesOf, partNames } from './losses.ts';

/** How to report the fields that an issuer does not supply. */
export interface LossTelling {
  readonly id: string;
  /** The issuer's name. */
  readonly title: string;
  readonly situations: readonly Situation[];
  /** A sentence that says how to make the issuer supply some of the fields; undefined if it cannot. */
  readonly supplyHelp?: (fields: readonly string[], situation: Situation) => string | undefined;
  /** How to exclude machines, to complete "Limit it to people …, or ". */
  readonly machineHelp?: string;
  /** Losses that are harmless at this issuer. */
  readonly isHarmless?: (loss: Loss, situation: Situation) => boolean;
}

/** Reports each part of a policy that reads a field which the issuer does not supply, and what the part does there. */
export function lossFindings(policy: Policy, telling: LossTelling): readonly Finding[] {
  const found = new Map<string, Finding>();
  const naming = agentsNamed(policy);
  const others: OfAgents[] = [];
  for (const situation of telling.situations) {
    const losses = lossesOf(policy, situation).filter(
      (loss) => telling.isHarmless?.(loss, situation) !== true,
    );
    const lost = [...new Set(losses.flatMap(({ fields }) => fields))].sort();
    for (const loss of losses) {
      const key = loss.path.join('\n');
      if (isOfAgents(situation) && !naming.has(key)) {
        others.push({ loss, agentsAre: situation.agentsAre });
        continue;
      }
      const finding = findingOf(policy, loss, lost, situation, telling);
      const before = found.get(key);
      if (before === undefined || (before.severity !== 'error' && finding.severity === 'error'))
        found.set(key, finding);
    }
  }
  const isOfInterest = naming.size > 0 && others.length > 0;
  return [...found.values(), ...(isOfInterest ? [agentsFinding(policy, others)] : [])];
}

/** What an agent gets differently where it counts as another kind of subject. */
interface OfAgents {
  readonly agentsAre: Situation['agentsAre'];
  readonly loss: Loss;
}

/**
 * In a policy that names agents, the parts that do not name them, and are not for them. Where no part names them, it is
 * taken that the policy's author has none.
 */
function agentsFinding(policy: Policy, others: readonly OfAgents[]): Finding {
  const taken = new Set(others.map(({ agentsAre }) => agentsAre));
  const ways = [
    ...(taken.has('human') ? ['a person'] : []),
    ...(taken.has('machine') ? ['a machine where nobody logs in'] : []),
  ];
  const names = new Set(others.map(({ loss: { part, name } }) => `the ${partNames[part]} \`${name}\``));
  return {
    rule: 'TE804',
    severity: 'info',
    message: `The issuer does not recognize agents: an agent counts as ${ways.join(', or as ')}. These parts are not for agents, and apply to them there: ${[...names].join(', ')}.`,
    range: policy.source.key(others[0]?.loss.path.slice(0, 2) ?? []),
    help: 'If agents get tokens there, exclude them by `client.id`.',
  };
}

/** @param lost all fields that the policy reads and the issuer lacks, because one `supply` may name them all */
function findingOf(
  policy: Policy,
  loss: Loss,
  lost: readonly string[],
  situation: Situation,
  telling: LossTelling,
): Finding {
  const { part, name, fields, path, range } = loss;
  const isMistaken = situation.agentsAre !== undefined && fields.includes('subject_type');
  const isSupplied = isMistaken || fields.some((field) => isUnder(situation.lost, field));
  const severity = severityOf(policy, loss, situation);
  return {
    rule: isSupplied ? 'TE804' : 'TE207',
    severity,
    message: isSupplied ? lostMessage(loss, situation, telling) : absentMessage(loss, situation),
    range: policy.source.within(path, range.start, range.end),
    remedy: isSupplied ? lostRemedy(severity, lost, situation, telling) : absentRemedy(fields, telling),
    help: isSupplied ? lostHelp(policy, loss, situation, telling) : absentHelp(policy, loss, telling),
    about: { part, name, fields },
  };
}

function severityOf(
  { claims }: Policy,
  { part, name, becomes, isWider }: Loss,
  { isSpecial }: Situation,
): Severity {
  if (isWider) return 'error';
  const claim = part === 'claim' ? claims.find((one) => one.name === name) : undefined;
  // What is left out anyway is announced; nothing depends on it.
  if (becomes.kind === 'fails' && claim?.kind === 'descriptive' && claim.onMissing === 'omit') return 'info';
  // A policy that checks with `has` expects a missing value; a special case does not break the whole part.
  return becomes.kind !== 'fails' || becomes.isLenient === true || isSpecial === true ? 'warning' : 'error';
}

function titleOf({ part, path: [section] }: Loss): string {
  return section === 'challenge' ? section : partNames[part];
}

/** For fields of the user when there is no user. */
function absentMessage(loss: Loss, { where }: Situation): string {
  const { name, read } = loss;
  return `The ${titleOf(loss)} \`${name}\` reads \`${read}\`, which has no value ${where}.`;
}

function absentHelp(
  { spec }: Policy,
  { part, name, path, fields }: Loss,
  { machineHelp }: LossTelling,
): string {
  if (fields.some((field) => isUnder(['actor'], field)))
    return part === 'claim'
      ? 'Emit it only where somebody acts for the user: `when: has(actor.sub)`.'
      : 'Check first that somebody acts for the user: `has(actor.sub) && …`.';
  if (fields.some(isOfMachines))
    return part === 'claim' || part === 'deny'
      ? 'Limit it to machines (`subjects: [machine]`).'
      : 'Begin it with `subject_type == "machine" && …`.';
  const [section, index] = path;
  const rules = section === 'challenge' ? spec.challenge : spec.deny;
  const said = part === 'claim' ? spec.claims[name]?.subjects : rules?.[Number(index)]?.subjects;
  const ownKind = said?.find((kind) => Object.hasOwn(spec.subjects ?? {}, kind));
  const way =
    ownKind !== undefined
      ? `Begin the condition of the kind \`${ownKind}\` with \`subject_type == "human" && …\``
      : part === 'claim' || part === 'deny'
        ? 'Limit it to people (`subjects: [human]`)'
        : 'Begin it with `subject_type == "human" && …`';
  return machineHelp === undefined ? `${way}.` : `${way}, or ${machineHelp}.`;
}

/** Whether only machines have a field. */
function isOfMachines(field: string): boolean {
  return isUnder(['workload'], field);
}

/** The help for several parts of a policy together. */
function absentRemedy(fields: readonly string[], { machineHelp }: LossTelling): string {
  if (fields.some(isOfMachines))
    return 'Limit claims and deny rules to machines (`subjects: [machine]`), and begin grants with `subject_type == "machine" && …`.';
  const way =
    'Limit claims and deny rules to people (`subjects: [human]`), and begin grants with `subject_type == "human" && …`';
  return machineHelp === undefined ? `${way}.` : `${way}, or ${machineHelp}.`;
}

function lostRemedy(
  severity: Severity,
  lost: readonly string[],
  situation: Situation,
  { title, supplyHelp }: LossTelling,
): string {
  const supply = supplyHelp?.(lost, situation);
  const start = supply === undefined ? 'D' : `${supply} Or d`;
  return severity === 'error'
    ? `${start}ecide by fields that ${title} supplies, and emit and grant only if a field is known (\`has(…)\`).`
    : `${start}ecide by fields that ${title} supplies, unless this is what you want.`;
}

const wider = ' A token there may grant more than the policy says.';

function lostMessage(loss: Loss, { where, agentsAre }: Situation, { title }: LossTelling): string {
  const { part, name, becomes, isWider, read } = loss;
  const subject = `The ${titleOf(loss)} \`${name}\``;
  const fields = loss.fields.map((field) => `\`${field}\``).join(', ');
  if (agentsAre !== undefined && loss.fields.includes('subject_type')) {
    const what =
      part === 'deny' && isWider
        ? 'does not deny agents'
        : isWider
          ? 'is also true for agents'
          : 'does not recognize agents';
    const taken = agentsAre === 'human' ? 'person' : 'machine';
    return `${subject} ${what} at ${title}, which treats an agent as a ${taken}.${isWider ? wider : ''}`;
  }
  const why = `${title} does not supply ${fields} ${where}`;
  if (becomes.kind === 'fails') {
    const consequence =
      part === 'deny' || part === 'policy' ? ' It denies every token for which it is evaluated.' : '';
    return loss.fields.includes(read)
      ? `${subject} reads \`${read}\`, which ${title} does not supply ${where}.${consequence}`
      : `${subject} reads \`${read}\`, which fails: ${why}.`;
  }
  return `${outcomeText(subject, loss, title)}: ${why}.${isWider ? wider : ''}`;
}

function outcomeText(subject: string, { part, becomes }: Loss, title: string): string {
  const texts: Record<Loss['part'], Record<'always' | 'never' | 'other', string>> = {
    deny: {
      always: `is always true at ${title}, and denies every token there`,
      never: `is never true at ${title}`,
      other: `may be true or false at ${title} when the policy says the opposite`,
    },
    policy: {
      always: `is always true at ${title}`,
      never: `is never true at ${title}, so the policy is for no token there`,
      other: `may be true or false at ${title} when the policy says the opposite`,
    },
    claim: {
      always: `is always emitted at ${title}, whatever its condition says`,
      never: `is never emitted at ${title}`,
      other: `may differ at ${title} from what the policy says`,
    },
    scope: {
      always: `is always granted at ${title}`,
      never: `is never granted at ${title}`,
      other: `may be granted or refused at ${title} when the policy says the opposite`,
    },
    detail: {
      always: `is always granted at ${title}`,
      never: `is never granted at ${title}`,
      other: `may be granted or refused at ${title} when the policy says the opposite`,
    },
  };
  switch (becomes.kind) {
    case 'constant':
      if (becomes.value === undefined) return `${subject} never has a value at ${title}`;
      return `${subject} is always \`${JSON.stringify(becomes.value)}\` at ${title}`;
    case 'part':
      return `${subject} is always \`${becomes.text}\` at ${title}`;
    case 'fails':
      return `${subject} always fails at ${title}`;
    default:
      return `${subject} ${texts[part][becomes.kind]}`;
  }
}

/** What to read where an issuer names only the client. */
export function workloadHelp(fields: readonly string[], title: string, id: string): string | undefined {
  return fields.some(isOfMachines)
    ? `Read the client at ${title}: \`issuer == "${id}" ? client.id : workload.id\`.`
    : undefined;
}

/** What to do to get a spec without this finding. */
function lostHelp(policy: Policy, loss: Loss, situation: Situation, telling: LossTelling): string {
  const { fields, becomes, isWider } = loss;
  if (fields.includes('subject_type')) return `Recognize agents by another field, such as \`client.id\`.`;
  const supply = telling.supplyHelp?.(fields, situation);
  const way =
    situation.absent.includes('user') && !fields.some(isOfMachines)
      ? absentHelp(policy, loss, telling)
      : isWider || becomes.kind === 'fails'
        ? wayAround(loss, telling)
        : `Decide by a field other than \`${fields[0] ?? ''}\`, unless this is what you want.`;
  if (supply === undefined) return way;
  return isWider || becomes.kind === 'fails'
    ? `${supply} Or ${way.charAt(0).toLowerCase()}${way.slice(1)}`
    : supply;
}

function wayAround({ part, fields, becomes }: Loss, { id, title }: LossTelling): string {
  const known = fields.map((field) => `has(${field})`).join(' && ');
  switch (part) {
    case 'claim':
      // Its condition is false there already, so another condition of that kind does not help.
      if (becomes.kind === 'never')
        return `Where its value or its condition fails, the policy denies the token, but ${title} leaves the claim out. Begin its \`when\` with \`issuer != "${id}" &&\`.`;
      return `Emit it only if the value is known: \`when: ${known}\`, without a default for it in \`value\`.`;
    case 'policy':
    case 'deny':
      return `Decide by a field that ${title} supplies, or remove ${title} from \`issuers\`.`;
    default:
      return `Grant it only if the value is known: \`${known} && …\`.`;
  }
}
