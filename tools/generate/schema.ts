import type { Issuer } from '@claimsmith/core';
import type { JsonSchema } from '@claimsmith/core/spec';
import { contractJsonSchema, scenarioJsonSchema, specJsonSchema } from '@claimsmith/core/spec';
import { environmentJsonSchema } from '@claimsmith/deploy';
import { auditJsonSchema } from '../../packages/cli/src/audit/record.ts';
import { loadTargets } from '../../packages/cli/src/publish/targets.ts';
import type { GeneratedFile } from './generated.ts';

/** The JSON Schemas that editors complete and check specs, scenarios and environments with. */
export async function editorSchemas(issuers: readonly Issuer[]): Promise<readonly GeneratedFile[]> {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  return [
    file('enrichment.schema.json', specJsonSchema(settings)),
    file('scenarios.schema.json', scenarioJsonSchema(Object.keys(settings))),
    { ...file('contract.schema.json', contractJsonSchema()), path: 'docs/schemas/contract.schema.json' },
    { ...file('audit.schema.json', auditJsonSchema()), path: 'docs/schemas/audit.schema.json' },
    file('environment.schema.json', environmentJsonSchema(await loadTargets(issuers))),
  ];
}

function file(name: string, schema: JsonSchema): GeneratedFile {
  const content = JSON.stringify(schema, undefined, 2);
  return { path: `packages/cli/schema/${name}`, content: `${onOneLine(content)}\n` };
}

const lineWidth = 110;

/** Puts lists of words on one line where they fit, as the formatter of this workspace does. */
function onOneLine(json: string): string {
  return json.replace(
    /^(.*)\[\n\s+("[^[\]{}]*?)\n\s+\](,?)$/gm,
    (whole, before: string, items: string, comma: string) => {
      const line = `${before}[${items.replace(/\n\s+/g, ' ')}]${comma}`;
      return line.length <= lineWidth ? line : whole;
    },
  );
}
