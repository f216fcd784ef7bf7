import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Acceptance, Finding, Severity, SourceRange, SpecSource } from '../finding.ts';
import { editsOf } from '../fix.ts';
import { rulePage, ruleUri } from '../rules/page.ts';
import type { RuleInfo } from '../rules/rule.ts';
import { standards } from '../rules/standards.ts';
import { type FoldedFinding, fold, nameOf } from './fold.ts';

/** The parts of a SARIF log besides the findings. */
export interface SarifOptions {
  /** The rules' descriptions; a finding of an unknown rule gets an entry with only its id. */
  readonly rules: readonly RuleInfo[];
  /** The tool's version: `0.1.0`. */
  readonly version: string;
  /** Where a rule is explained. Default: its page on the web. */
  readonly helpUri?: (rule: string) => string;
  /** The spec that the findings are about: results then have the fixes that `check --fix` makes. */
  readonly source?: SpecSource | undefined;
}

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/**
 * Findings as a SARIF 2.1.0 log, for code scanning. No text of the spec goes into it.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(findings: readonly Finding[], options: SarifOptions): string {
  const known = new Set(options.rules.map(({ id }) => id));
  const others = [...new Set(findings.map(({ rule }) => rule))].filter((id) => !known.has(id)).sort();
  const rules = [...options.rules.map((rule) => described(rule, options)), ...others.map((id) => ({ id }))];
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const seen = new Map<string, number>();
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Claimsmith', semanticVersion: options.version, rules } },
        columnKind: 'utf16CodeUnits',
        results: fold(findings).map((finding) => ({
          ...result(finding, indexes.get(finding.rule) ?? -1, seen),
          ...fixesOf(finding, options.source),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function described(rule: RuleInfo, { helpUri }: SarifOptions) {
  const { id, slug, severity, title, why, mend, standards: places = [], profile } = rule;
  const tags = [...places.map((place) => standards[place].tag), ...(profile === undefined ? [] : [profile])];
  return {
    id,
    name: slug,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${title} ${why} ${mend}`, markdown: rulePage(rule) },
    helpUri: (helpUri ?? ruleUri)(id),
    defaultConfiguration: { level: levels[severity], ...(profile === undefined ? {} : { enabled: false }) },
    ...(tags.length === 0 ? {} : { properties: { tags } }),
  };
}

function result(finding: FoldedFinding, ruleIndex: number, seen: Map<string, number>) {
  const { rule, severity, message, range, issuer, help, others, accepted } = finding;
  const related = others.flatMap((other) => (other.range ? [{ ...other, range: other.range }] : []));
  const links = related
    .slice(0, linkLimit)
    .map((other, index) => `[${linkText(other, finding)}](${index + 1})`);
  const more = related.length > linkLimit ? ` and ${related.length - linkLimit} more` : '';
  const also = links.length === 0 ? [] : [`Also at ${links.join(', ')}${more}.`];
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: [message, ...(help === undefined ? [] : [help]), ...also].join('\n') },
    locations: range ? [location(range)] : [],
    ...(related.length === 0 ? {} : { relatedLocations: related.map(relatedLocation) }),
    partialFingerprints: { 'claimsmith/v1': fingerprint(finding, seen) },
    ...(issuer === undefined ? {} : { properties: { issuer } }),
    ...(accepted === undefined ? {} : { suppressions: [suppression(accepted)] }),
  };
}

/** What `check --fix` changes, for a finding and those with the same cause. */
function fixesOf({ others, ...finding }: FoldedFinding, source: SpecSource | undefined) {
  if (source === undefined) return {};
  const edits = [finding, ...others].flatMap((each) =>
    each.range?.file === source.file ? editsOf(source, each) : [],
  );
  if (edits.length === 0) return {};
  const replacements = edits.map(({ start, end, text }) => ({
    deletedRegion: { charOffset: start, charLength: end - start },
    ...(text === '' ? {} : { insertedContent: { text } }),
  }));
  const artifactChanges = [{ artifactLocation: artifactLocation(source.file), replacements }];
  return { fixes: [{ description: { text: 'The change that `check --fix` makes.' }, artifactChanges }] };
}

function suppression({ because, owner, until }: Acceptance) {
  return { kind: 'inSource', status: 'accepted', justification: `${because} (${owner}, until ${until})` };
}

/** Viewers show related locations that the message links to. */
const linkLimit = 20;

interface Located extends Finding {
  readonly range: SourceRange;
}

function relatedLocation({ range, message }: Located, index: number) {
  return { id: index + 1, ...location(range), message: { text: message } };
}

/** The text of a link to a related location. Brackets would end it. */
function linkText(other: Located, first: Finding): string {
  const name = nameOf(other, first)?.replace(/[[\]\\]/g, '');
  return name ?? `line ${other.range.start.line}`;
}

function location({ file, start, end }: SourceRange) {
  return {
    physicalLocation: {
      artifactLocation: artifactLocation(file),
      region: {
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column,
        charOffset: start.offset,
        charLength: end.offset - start.offset,
      },
    },
  };
}

function artifactLocation(file: string) {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('/')) return { uri: `file://${path}` };
  const drive = /^([A-Za-z])%3A\//.exec(path);
  if (drive) return { uri: `file:///${drive[1]}:${path.slice(4)}` };
  return { uri: path.replace(/^(\.\/)+/, ''), uriBaseId: '%SRCROOT%' };
}

/** The same problem keeps its fingerprint when lines move: only its position among equal problems counts. */
function fingerprint(
  { rule, message, range, issuer, others, help }: FoldedFinding,
  seen: Map<string, number>,
): string {
  // Of several places the first may go, and another come before it.
  const about = others.length === 0 ? message : help;
  const identity = JSON.stringify([rule, range?.file, issuer, about]);
  const ordinal = seen.get(identity) ?? 0;
  seen.set(identity, ordinal + 1);
  return bytesToHex(sha256(utf8ToBytes(`${identity}#${ordinal}`))).slice(0, 32);
}
