import type { ExitCode } from './exit.ts';
import { type Flag, type FlagValues, flags } from './flags.ts';
import type { Terminal } from './output/terminal.ts';

/** A command: its help, its flags, and its code, which loads only when the command runs. */
export interface Command<F extends Readonly<Record<string, Flag>> = Readonly<Record<string, Flag>>> {
  readonly about: string;
  /** More help, as paragraphs. */
  readonly details: readonly string[];
  /** A capability that this command needs and that not every issuer has. Help lists the issuers with it. */
  readonly capability?: 'live' | 'serve' | 'target' | 'exports';
  readonly positionals: readonly Positional[];
  readonly flags: F;
  readonly examples: readonly string[];
  /** What the exit codes mean here. */
  readonly exits: readonly (readonly [code: ExitCode, meaning: string])[];
  run(
    terminal: Terminal,
    positionals: readonly string[],
    flags: Readonly<Record<string, unknown>>,
  ): Promise<ExitCode>;
}

export interface Positional {
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
  /** Whether there may be several; only the last positional may. */
  readonly isRepeated?: true;
}

type Runner<F> = (
  terminal: Terminal,
  positionals: readonly string[],
  flags: FlagValues<F>,
) => Promise<ExitCode>;

function command<const F extends Readonly<Record<string, Flag>>>(
  parts: Omit<Command<F>, 'run'> & { readonly load: () => Promise<Runner<F>> },
): Command<F> {
  const { load, ...rest } = parts;
  return {
    ...rest,
    // The parser builds the values from the same `flags` that give this type.
    run: async (terminal, positionals, flags) =>
      (await load())(terminal, positionals, flags as FlagValues<F>),
  };
}

const spec: Positional = {
  name: 'spec',
  about: 'A spec or its folder. Default: the current folder.',
  required: false,
};

/** Every command, in the order of a first day's work. */
export const commands = {
  init: command({
    about: 'Start a spec: write enrichment.yaml and its first scenarios.',
    details: ['It never overwrites a file: if one of the files exists, it writes nothing.'],
    positionals: [{ name: 'folder', about: 'Where to write. Default: the current folder.', required: false }],
    flags: flags.init,
    examples: ['claimsmith init', 'claimsmith init tokens'],
    exits: [
      [0, 'both files were written'],
      [1, 'a file already exists, or cannot be written'],
    ],
    load: async () => (await import('./commands/init.ts')).init,
  }),
  check: command({
    about: 'Report what is wrong with a spec, for every issuer, before you build.',
    details: [],
    positionals: [spec],
    flags: flags.check,
    examples: ['claimsmith check', 'claimsmith check examples/payments --format sarif > findings.sarif'],
    exits: [
      [0, 'no finding of error severity'],
      [2, 'at least one finding of error severity'],
    ],
    load: async () => (await import('./commands/check.ts')).check,
  }),
  build: command({
    about: 'Compile a spec into the files that each issuer deploys.',
    details: ['Files go to <out>/<issuer>/. A folder is replaced as a whole or not at all, never in part.'],
    positionals: [spec],
    flags: flags.build,
    examples: [
      'claimsmith build',
      'claimsmith build --issuer <name> --out deploy',
      'claimsmith build --check',
    ],
    exits: [
      [0, 'the files were written; with --check: they are current'],
      [2, 'findings of error severity (nothing was written); with --check: a difference'],
    ],
    load: async () => (await import('./commands/build.ts')).build,
  }),
  preview: command({
    about: 'Issue tokens for the scenarios with the built files, as each issuer would.',
    details: [
      'Scenarios are in the folder `scenarios` beside the spec. Nothing goes over the network: sources answer what the scenario says.',
      'The policy also runs by itself. If it and an issuer differ, that is a defect, and the exit code is 2.',
      'With --live, a running issuer says what it would sign for a user; --scenario shows the tokens of a scenario beside it.',
    ],
    capability: 'live',
    positionals: [spec],
    flags: flags.preview,
    examples: [
      'claimsmith preview',
      'claimsmith preview --scenario "approver in Berlin"',
      'claimsmith preview --issuer <name> --event login.json',
      'claimsmith preview --live http://127.0.0.1:8180 --user ada --client web',
    ],
    exits: [
      [0, 'every scenario is as expected'],
      [2, 'a scenario is not as expected, or an issuer and the policy differ, or findings of error severity'],
    ],
    load: async () => (await import('./commands/preview.ts')).preview,
  }),
  test: command({
    about: 'Prove on all scenarios that every issuer signs what the policy decides.',
    details: [
      'Each scenario runs on the policy itself, compared with what the scenario expects, and through every issuer’s built files, compared with the policy. A difference is a failure, unless `check` has announced it: such differences are marked ~ and listed. If the policy itself is not as expected, = marks an issuer that agrees with the policy.',
      'It also lists the claims, conditions, missing values, grants and failures that no scenario has tried.',
    ],
    positionals: [spec],
    flags: flags.test,
    examples: [
      'claimsmith test',
      'claimsmith test --watch',
      'claimsmith test --strict --mutate',
      'claimsmith test --format junit > results.xml',
    ],
    exits: [
      [0, 'every scenario is as expected; issuers differ from the policy only where `check` announces it'],
      [
        2,
        'another difference, a scenario that is not as expected, or findings of error severity; with --strict anything left open; with --mutate a change that no scenario notices',
      ],
    ],
    load: async () => (await import('./commands/test.ts')).test,
  }),
  serve: command({
    about: 'Run on this machine the server that an issuer calls for each token.',
    details: [
      'It is the same server as in production, on loopback. It watches the spec: a good change is served from the next request on; for a bad one it shows the findings and keeps the old policy. Every refusal looks the same to the caller; the log on stdout says why requests were refused, and how many.',
    ],
    capability: 'serve',
    positionals: [spec],
    flags: flags.serve,
    examples: [
      'CLAIMSMITH_SETTINGS=ENTITLEMENTS_TOKEN ENTITLEMENTS_TOKEN=… claimsmith serve examples/payments',
      'claimsmith serve --port 9000',
    ],
    exits: [
      [0, 'ended by Ctrl-C or SIGTERM, after answering what was under way'],
      [1, 'it cannot start: a setting is missing, or the port is taken'],
      [2, 'the spec has findings of error severity'],
    ],
    load: async () => (await import('./commands/serve.ts')).serve,
  }),
  gateway: command({
    about: 'Write the configuration of a gateway that lets only checked requests through.',
    details: [
      'Envoy, nginx, Caddy, Traefik or HAProxy asks the server of apps/gateway about each request, and passes on what the token says, in headers of the contract. The configuration is complete and runs as it is; take its parts into yours.',
      'It takes out headers of clients that look like ours, and refuses requests when the check is slow, down or says no. docs/put-it-behind-a-gateway.md goes from a spec to a service behind a gateway.',
    ],
    positionals: [
      {
        name: 'spec',
        about: 'A spec or its folder, or a contract.json. Default: the current folder.',
        required: false,
      },
    ],
    flags: flags.gateway,
    examples: [
      'claimsmith gateway --for nginx examples/payments',
      'claimsmith gateway --for envoy --service 10.0.0.7:80 dist/services/contract.json',
    ],
    exits: [
      [0, 'the folder was written'],
      [1, 'the folder cannot be written, or two claims would have the same header'],
      [2, 'the spec has findings of error severity'],
    ],
    load: async () => (await import('./commands/gateway.ts')).gateway,
  }),
  plan: command({
    about: 'Show what apply would change at the tenants, orgs and realms of an environment.',
    details: [
      'It only reads. Each change is shown field by field, code as a unified diff, and secrets are never shown. What is there under our names without our mark is a conflict.',
    ],
    capability: 'target',
    positionals: [spec],
    flags: flags.plan,
    examples: ['claimsmith plan', 'claimsmith plan --env prod --out plan.json'],
    exits: [
      [0, 'everything is in sync'],
      [2, 'there are changes or conflicts'],
      [1, 'a place could not be planned'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/plan.ts')).plan,
  }),
  apply: command({
    about: 'Publish a spec to the tenants, orgs and realms of an environment.',
    details: [
      'It plans all places first, and writes nothing if one fails or has a conflict. Each change is compared with the vendor right before it is made, kept in the journal, and read again afterwards. If it is ended midway, run it again to go on, or roll back.',
    ],
    capability: 'target',
    positionals: [
      {
        name: 'spec',
        about: 'A spec or its folder, or a plan that `plan --out` wrote. Default: the current folder.',
        required: false,
      },
    ],
    flags: flags.apply,
    examples: [
      'claimsmith apply --env staging',
      'claimsmith apply plan.json',
      'claimsmith apply --env prod --yes',
    ],
    exits: [
      [0, 'all places are as the spec says'],
      [1, 'stopped: the output says what was done, and what is left'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/apply.ts')).apply,
  }),
  drift: command({
    about: 'Show what somebody changed since the last apply.',
    details: ['It compares each place with the journal, not with the spec. It writes nothing at the vendor.'],
    capability: 'target',
    positionals: [spec],
    flags: flags.drift,
    examples: ['claimsmith drift --env prod', 'claimsmith drift --accept "rule default/machines"'],
    exits: [
      [0, 'everything is as the last apply left it'],
      [2, 'somebody changed something, or the last apply was not finished'],
      [1, 'a place could not be compared'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/drift.ts')).drift,
  }),
  rollback: command({
    about: 'Bring back the release before, or an earlier one.',
    details: [
      'It restores what the journal kept before the last apply, from versions of the vendor where there are any. Secrets keep the values of today.',
    ],
    capability: 'target',
    positionals: [spec],
    flags: flags.rollback,
    examples: ['claimsmith rollback --env prod', 'claimsmith rollback --list', 'claimsmith rollback --to 3'],
    exits: [
      [0, 'all places are as in that release'],
      [1, 'stopped, or there is no such release'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/rollback.ts')).rollback,
  }),
  verify: command({
    about: 'Ask running issuers for tokens, and compare them with what the policy decides.',
    details: [
      'It asks for the tokens of the scenarios that have `live:`, with the client and user named there, and changes nothing. Each difference is shown field by field. The output says what was not asked.',
    ],
    capability: 'target',
    positionals: [spec],
    flags: flags.verify,
    examples: [
      'claimsmith verify --env staging',
      'claimsmith verify --issuer keycloak --scenario "an admin"',
    ],
    exits: [
      [0, 'every token is as the policy decides'],
      [2, 'a token differs, or nothing was asked'],
      [1, 'a question failed'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/verify.ts')).verify,
  }),
  destroy: command({
    about: 'Remove from an environment what is ours, and nothing else.',
    details: ['It unbinds first, then deletes. The journal stays, so rollback brings it back.'],
    capability: 'target',
    positionals: [spec],
    flags: flags.destroy,
    examples: ['claimsmith destroy --env staging'],
    exits: [
      [0, 'nothing of ours is left'],
      [1, 'stopped: the output says what was done, and what is left'],
      [3, 'a place cannot be reached'],
    ],
    load: async () => (await import('./commands/destroy.ts')).destroy,
  }),
  export: command({
    about: 'Write the build for a tool of yours that applies it, such as Terraform.',
    details: [
      'The folder is complete: the tool takes it as it is, and its README.md says how. It holds no values of secrets. What the format cannot say is a finding. The folder is replaced as a whole or not at all; files that the tool keeps there stay.',
    ],
    capability: 'exports',
    positionals: [spec],
    flags: flags.export,
    examples: [
      'claimsmith export --format <name>',
      'claimsmith export --format <name> --issuer <name> --out infra/claims examples/payments',
    ],
    exits: [
      [0, 'the folder was written'],
      [1, 'the folder cannot be written'],
      [2, 'findings of error severity (nothing was written)'],
    ],
    load: async () => (await import('./commands/export.ts')).exportSpec,
  }),
  revoke: command({
    about: 'Make entries of a denylist for tokens that an audit names.',
    details: [
      'It reads the audit of Okta’s hook server, and prints an entry for each token that was issued and may still be valid: for as long as a guard lets a token live, a day if you do not say otherwise with --token-life. Services with @claimsmith/guard refuse the tokens once their denylist has the entries. Filters are joined: a token must match all of them.',
    ],
    positionals: [],
    flags: flags.revoke,
    examples: [
      'claimsmith revoke --audit issuances.jsonl --issuer https://acme.okta.com/oauth2/default --client 0oa1b2',
      'AUDIT_KEY=… claimsmith revoke --audit issuances.jsonl --issuer https://acme.okta.com/oauth2/default --subject 00u1b2 --out entries.json',
      'REDIS_URL=… claimsmith revoke --audit issuances.jsonl --issuer https://acme.okta.com/oauth2/default --since 2027-01-31T10:00:00Z --redis-from REDIS_URL',
    ],
    exits: [
      [0, 'the entries were printed, written, or added'],
      [
        1,
        'a file cannot be read or written, the database has not taken all entries, or a line of an audit cannot be read',
      ],
    ],
    load: async () => (await import('./commands/revoke.ts')).revoke,
  }),
  explain: command({
    about: 'Show where a claim comes from, at each issuer, and what happens when it is missing.',
    details: [
      'It also explains scopes, deny rules, challenges, sources, fields, clients and `applies`: by name, or with the section before it, such as deny.suspended.',
      'For the id of a rule, it explains the rule, with a bad and a good example; with a spec, also what the rule says of it, and the arithmetic.',
    ],
    positionals: [
      { name: 'claim', about: 'A claim or another part of the spec, or a rule: TE502.', required: true },
      spec,
    ],
    flags: flags.explain,
    examples: [
      'claimsmith explain roles',
      'claimsmith explain plan examples/payments',
      'claimsmith explain entitlements examples/payments',
      'claimsmith explain TE502 examples/payments',
    ],
    exits: [
      [0, 'explained'],
      [1, 'the spec does not have such a part'],
      [2, 'the spec has findings of error severity'],
    ],
    load: async () => (await import('./commands/explain.ts')).explain,
  }),
  types: command({
    about: 'Print the types of what services find in tokens: TypeScript, zod or JSON Schema.',
    details: [
      'They follow from contract.json, which `build` writes. A claim that every token of a person has is never undefined there; one that depends on a condition may be.',
    ],
    positionals: [
      {
        name: 'spec',
        about: 'A spec or its folder, or a contract.json. Default: the current folder.',
        required: false,
      },
    ],
    flags: flags.types,
    examples: [
      'claimsmith types > src/contract.ts',
      'claimsmith types dist/services/contract.json --format zod',
    ],
    exits: [
      [0, 'printed'],
      [1, 'the contract cannot be read'],
      [2, 'the spec has findings of error severity'],
    ],
    load: async () => (await import('./commands/types.ts')).types,
  }),
  engine: command({
    about: 'Print what a policy engine needs: Cedar, Verified Permissions, OPA or OpenFGA.',
    details: [
      'For Cedar it is the schema in the folder `cedar` beside the spec with the type of the token, as Verified Permissions maps access tokens. Without that folder it is the type alone.',
      'docs/decide-with-cedar.md goes from a spec to decisions in `claimsmith test`, and to Verified Permissions.',
    ],
    positionals: [
      {
        name: 'spec',
        about: 'A spec or its folder, or a contract.json. Default: the current folder.',
        required: false,
      },
    ],
    flags: flags.engine,
    examples: [
      'claimsmith engine --for cedar examples/verified-permissions',
      'claimsmith engine --for terraform --issuer cognito examples/verified-permissions',
      'claimsmith engine --for opa dist/services/contract.json',
    ],
    exits: [
      [0, 'printed'],
      [1, 'a file cannot be read, or Cedar is not installed'],
      [2, 'the spec, the schema or the policies have findings of error severity'],
    ],
    load: async () => (await import('./commands/engine.ts')).engine,
  }),
  audit: command({
    about: 'Check or search the records that issuances have left in audits and logs.',
    details: [
      'verify checks the chain of audits of Okta’s hook, in the order of the files, and whether records are whole. query prints the records that all given flags are true of.',
      'It reads Okta’s audit files, and logs of Auth0, Cognito and Keycloak with one entry a line, as text or JSON. What is not a record is passed over.',
    ],
    positionals: [
      { name: 'action', about: 'verify or query.', required: true },
      {
        name: 'file',
        about: 'Audits and logs, one or more; - is standard input.',
        required: true,
        isRepeated: true,
      },
    ],
    flags: flags.audit,
    examples: [
      'claimsmith audit verify audit.jsonl.1 audit.jsonl',
      'claimsmith audit query audit.jsonl --decision denied --since 2026-12-01',
      'AUDIT_KEY=… claimsmith audit query *.log --subject 00u1ada --json',
    ],
    exits: [
      [0, 'verify: everything is whole; query: records were found'],
      [1, 'a file cannot be read'],
      [2, 'verify: something is missing, changed or reported; query: no record was found'],
    ],
    load: async () => (await import('./commands/audit.ts')).audit,
  }),
  diff: command({
    about: 'Say what a change of a spec does to tokens, for the review of a pull request.',
    details: [
      'It compares the spec with the one of a git commit, branch or tag, or with another file. It lists what has changed and who reads it, and runs the scenarios of both specs on both, at every issuer.',
      'Tokens grant more if a scenario shows it, or if the text of the spec leaves no doubt. They grant no more only if each change can only take away; otherwise that is not proven, and the output says so.',
    ],
    positionals: [{ name: 'before', about: 'A commit, branch or tag, or a file.', required: true }, spec],
    flags: flags.diff,
    examples: [
      'claimsmith diff origin/main',
      'claimsmith diff HEAD~1 examples/payments --format json',
      'claimsmith diff v1.2 --allow-wider claims.roles',
    ],
    exits: [
      [0, 'tokens grant no more, or all that is wider is allowed; with --strict only if that is proven'],
      [1, 'there is nothing to compare with: no such file or commit, or its spec has errors'],
      [
        2,
        'tokens grant more, or another authoritative value, and nobody has said so; or the spec has errors',
      ],
    ],
    load: async () => (await import('./commands/diff.ts')).diff,
  }),
  inventory: command({
    about: 'List all claims for an audit: owner, purpose, consumers, source, age, names at issuers.',
    details: [
      'A pattern in quotes, such as "specs/**", stands for all specs below a folder. If several specs emit a claim under the same name, they must agree on its owner and its meaning.',
      'CSV is safe to open in a spreadsheet: no cell is taken for a formula.',
    ],
    positionals: [
      {
        ...spec,
        name: 'spec',
        isRepeated: true,
        about: 'Specs, their folders, or patterns. Default: the current folder.',
      },
    ],
    flags: flags.inventory,
    examples: [
      'claimsmith inventory examples/payments',
      'claimsmith inventory --format csv "specs/**" > claims.csv',
    ],
    exits: [
      [0, 'all claims are listed'],
      [2, 'specs do not agree about a claim, or a spec has findings of error severity'],
    ],
    load: async () => (await import('./commands/inventory.ts')).inventory,
  }),
  schema: command({
    about:
      'Print the JSON Schema of a spec, of scenarios, of an environment, of a contract or of an audit record.',
    details: [],
    positionals: [
      {
        name: 'schema',
        about: 'spec, scenarios, environment, contract or audit. Default: spec.',
        required: false,
      },
    ],
    flags: flags.schema,
    examples: ['claimsmith schema > enrichment.schema.json', 'claimsmith schema scenarios'],
    exits: [[0, 'printed']],
    load: async () => (await import('./commands/schema.ts')).schema,
  }),
} as const satisfies Readonly<Record<string, Command>>;
