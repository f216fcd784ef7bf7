import { expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const spec = `version: 1
name: typed
user: { attributes: { limit: double, tags: list(string) } }
sources:
  crm: { http: { url: "https://crm.acme.example/{user.id}" }, returns: { tier: string } }
claims:
  limit: { value: user.attributes.limit, kind: authoritative, when: subject_type == "human" }
  tags: { value: user.attributes.tags, kind: descriptive, onMissing: { default: [] }, when: subject_type == "human" }
  tier: { value: crm.tier, kind: descriptive, onMissing: { default: none }, when: subject_type == "human" }
issuers: { auth0: {} }
`;

async function tested(attributes: string, answer: string): Promise<string> {
  const folder = scratchFolder({
    'enrichment.yaml': spec,
    'scenarios/one.yaml': `- name: one
  context: { user: { id: u, attributes: ${attributes} } }
  sources: { crm: ${answer} }
  expect: { access: { limit: 7, tags: [z], tier: z } }
`,
  });
  return (await claimsmith(folder, 'test')).out;
}

test('a value of another type is told apart from none, by the name of its field', async () => {
  expect(await tested('{ limit: "5" }', '{ tier: gold }')).toContain(
    'because limit: user.attributes.limit is text, not a number',
  );
  expect(await tested('{}', '{ tier: gold }')).toContain('because limit: no value');
  const defaults = await tested('{ limit: 7, tags: a }', '{ tier: 5 }');
  expect(defaults).toContain('because tags: user.attributes.tags is text, not a list of texts');
  expect(defaults).toContain('tier: crm.tier is a number, not text');
});

test('the clock and lists of mappings have their types', async () => {
  const folder = scratchFolder({
    'enrichment.yaml': `version: 1
name: typed
claims:
  subject: { value: user.id, kind: descriptive, when: now > timestamp("2020-01-01T00:00:00Z") }
  linked: { value: "user.identities.exists(i, i.provider == 'github')", kind: descriptive }
issuers: { auth0: {} }
`,
    'scenarios/one.yaml': `- name: one
  context: { user: { id: u, identities: [{ provider: github, id: g }] } }
`,
  });
  const { out } = await claimsmith(folder, 'preview', '--scenario', 'one', '--json');
  expect(JSON.parse(out)).toMatchObject({ previews: [{ mistyped: [] }] });
});
