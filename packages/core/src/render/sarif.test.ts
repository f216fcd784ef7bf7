import { expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue, type Finding } from '../index.ts';
import { renderSarif } from '../render/index.ts';
import { readSpec } from '../spec/index.ts';

// What SARIF 2.1.0 requires of the parts we write; nothing else may stand in them (§3.13 to §3.49).
const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const region = z
  .strictObject({
    startLine: z.int().min(1),
    startColumn: z.int().min(1),
    endLine: z.int().min(1),
    endColumn: z.int().min(1),
    charOffset: z.int().min(0),
    charLength: z.int().min(0),
  })
  .refine((r) => r.endLine > r.startLine || (r.endLine === r.startLine && r.endColumn >= r.startColumn));
const uriReference = z.string().regex(/^[\w.~!$&'()*+,;=:@%/-]+$/);
const artifactLocation = z.strictObject({
  uri: uriReference,
  uriBaseId: z.literal('%SRCROOT%').optional(),
});
const physicalLocation = z.strictObject({ artifactLocation, region });
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          semanticVersion: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              name: z.string().optional(),
              shortDescription: message.optional(),
              fullDescription: message.optional(),
              help: message.extend({ markdown: z.string().min(1) }).optional(),
              helpUri: z.url().optional(),
              defaultConfiguration: z
                .strictObject({ level, enabled: z.literal(false).optional() })
                .optional(),
              properties: z.strictObject({ tags: z.array(z.string().min(1)).min(1).max(20) }).optional(),
            }),
          ),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level,
          message,
          locations: z.array(z.strictObject({ physicalLocation })),
          relatedLocations: z
            .array(z.strictObject({ id: z.int().min(0), physicalLocation, message }))
            .min(1)
            .optional(),
          partialFingerprints: z.record(z.string(), z.string().min(1)),
          properties: z.strictObject({ issuer: z.string() }).optional(),
          fixes: z
            .tuple([
              z.strictObject({
                description: message,
                artifactChanges: z.tuple([
                  z.strictObject({
                    artifactLocation: artifactLocation,
                    replacements: z
                      .array(
                        z.strictObject({
                          deletedRegion: z.strictObject({
                            charOffset: z.int().min(0),
                            charLength: z.int().min(0),
                          }),
                          insertedContent: message.optional(),
                        }),
                      )
                      .min(1),
                  }),
                ]),
              }),
            ])
            .optional(),
        }),
      ),
    }),
  ]),
});

const options = {
  rules: catalogue,
  version: '0.1.0',
  helpUri: (rule: string) => `https://docs.example/rules#${rule}`,
};
const run = (findings: readonly Finding[]) => sarif.parse(JSON.parse(renderSarif(findings, options))).runs[0];
const bad = 'version: 2\nname: demo\nclaims:\n  a: { kind: x }\n  b: { kind: x }\n';
const findingsOf = (file: string, text: string) => readSpec({ file, text }, {}).findings;

test('each result names its rule, by id and by index', () => {
  const { tool, results } = run([
    ...findingsOf('a b/enrichment.yaml', bad),
    { rule: 'XX1', severity: 'info', message: 'Hm.', range: undefined, issuer: 'okta', help: 'Look.' },
  ]);
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ['XX1', 'note'],
    ['TE003', 'error'],
    ['TE003', 'error'],
    ['TE003', 'error'],
  ]);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(results[0]).toMatchObject({
    locations: [],
    message: { text: 'Hm.\nLook.' },
    properties: { issuer: 'okta' },
  });
});

test('a place is a relative address and a region in UTF-16 units, its end outside', () => {
  const [, , third] = run(findingsOf('a b/enrichment.yaml', bad)).results;
  expect(third?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'a%20b/enrichment.yaml', uriBaseId: '%SRCROOT%' },
    region: {
      startLine: 5,
      startColumn: 14,
      endLine: 5,
      endColumn: 15,
      charOffset: bad.lastIndexOf('x'),
      charLength: 1,
    },
  });
});

test.each([
  ['./specs/a.yaml', 'specs/a.yaml'],
  ['specs\\a.yaml', 'specs/a.yaml'],
  ['/srv/a#b.yaml', 'file:///srv/a%23b.yaml'],
  ['C:\\specs\\a.yaml', 'file:///C:/specs/a.yaml'],
])('the file %s has the address %s', (file, uri) => {
  expect(run(findingsOf(file, bad)).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
    uri,
  );
});

test('a fingerprint stays when lines move, and differs from those of other findings', () => {
  const fingerprints = (text: string) =>
    run(findingsOf('x.yaml', text)).results.map((each) => each.partialFingerprints['claimsmith/v1']);
  const before = fingerprints(bad);
  expect(new Set(before).size).toBe(3);
  expect(fingerprints(`# moved\n\n${bad}`)).toEqual(before);
});

test('two problems of the same words have two fingerprints', () => {
  const finding: Finding = { rule: 'TE001', severity: 'error', message: 'Same.', range: undefined };
  const [one, two] = run([finding, finding]).results.map((each) => each.partialFingerprints['claimsmith/v1']);
  expect(one).not.toBe(two);
});

test('a result has the changes that `check --fix` makes', () => {
  const text = 'version: 1\nname: demo\nclaims:\n  a: { const: yes, kind: descriptive }\n';
  const { findings, source } = readSpec({ file: 'a b.yaml', text }, {});
  const log = sarif.parse(JSON.parse(renderSarif(findings, { ...options, source })));
  const at = text.indexOf('yes');
  const quote = (charOffset: number) => ({
    deletedRegion: { charOffset, charLength: 0 },
    insertedContent: { text: "'" },
  });
  expect(log.runs[0].results.map(({ fixes }) => fixes)).toEqual([
    [
      {
        description: { text: 'The change that `check --fix` makes.' },
        artifactChanges: [
          {
            artifactLocation: { uri: 'a%20b.yaml', uriBaseId: '%SRCROOT%' },
            replacements: [quote(at), quote(at + 3)],
          },
        ],
      },
    ],
  ]);
  expect(run(findings).results[0]?.fixes).toBeUndefined();
});

test('no findings make a log with no results, which closes old alerts', () => {
  expect(run([]).results).toEqual([]);
});

test('other places of one cause are related locations, which the message links to', () => {
  const text = 'version: 1\nname: demo\nclaims:\n  a: { knd: x }\n  b: { knd: x }\n';
  const findings = findingsOf('x.yaml', text).filter(({ rule }) => rule === 'TE002');
  const [first, second] = findings.map(({ message }) => message);
  const { results } = run(findings);
  expect(results).toHaveLength(1);
  expect(results[0]?.message.text).toBe(`${first}\nDid you mean \`kind\`?\nAlso at [\`claims.b\`](1).`);
  expect(results[0]?.relatedLocations).toMatchObject([
    { id: 1, message: { text: second }, physicalLocation: { region: { startLine: 5 } } },
  ]);
});

test('a fingerprint stays when a place comes before the first or goes, as long as there are two', () => {
  const text = (...names: readonly string[]) =>
    `version: 1\nname: demo\nclaims:\n${names.map((name) => `  ${name}: { knd: x }\n`).join('')}`;
  const [before, ...shorter] = [text('a', 'b', 'c'), text('b', 'c'), text('x', 'a', 'b')].map(
    (each) =>
      run(findingsOf('x.yaml', each).filter(({ rule }) => rule === 'TE002')).results[0]?.partialFingerprints,
  );
  for (const after of shorter) expect(after).toEqual(before);
});
