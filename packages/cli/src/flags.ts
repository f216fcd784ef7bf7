/** One flag of a command. */
export interface Flag {
  readonly type: 'boolean' | 'string';
  readonly about: string;
  /** The name of its value in help. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: true;
  readonly choices?: readonly string[];
}

/** The parsed values of a command's flags. */
export type FlagValues<F> = {
  readonly [K in keyof F]: F[K] extends { readonly type: 'boolean' }
    ? boolean
    : F[K] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined;
};

const scenario = {
  type: 'string',
  value: 'name',
  multiple: true,
  about: 'Only this scenario; may be repeated.',
} as const;
const json = { type: 'boolean', about: 'Print JSON.' } as const;
const maxWarnings = {
  type: 'string',
  value: 'number',
  about: 'Fail if there are more warnings than this, counted by their places.',
} as const;
const issuer = {
  type: 'string',
  value: 'name',
  multiple: true,
  about: 'Only this issuer; may be repeated. Default: those under `issuers` in the spec.',
} as const;

const noScripts = {
  'no-scripts': {
    type: 'boolean',
    about: 'Refuse a spec in TypeScript, which is code. In CI, such a spec must be named by its file anyway.',
  },
} as const;

const env = {
  type: 'string',
  value: 'name',
  about:
    'The environment: a file of the folder `environments` beside the spec, or a path. Default: the only one.',
} as const;
const set = {
  type: 'string',
  value: 'name=value',
  multiple: true,
  about:
    'The value of a parameter of the spec; may be repeated. It wins over the environment and the default.',
} as const;
/** For commands that need no environment. */
const values = {
  set,
  env: { ...env, about: 'An environment, by name or path, whose `params` are the values of parameters.' },
} as const;
const parallel = {
  type: 'string',
  value: 'number',
  about: 'How many places are worked on at the same time. Default 8.',
} as const;
const adopt = {
  type: 'boolean',
  about: 'Take over what has a name of ours and not our mark. Without it, that is a conflict.',
} as const;
const yes = { type: 'boolean', about: 'Ask nothing. Needed where nobody can be asked, as in CI.' } as const;
const verbose = { type: 'boolean', about: 'Show the whole difference of code.' } as const;
const phase = {
  type: 'string',
  value: 'number',
  about: 'Only up to this phase, without checking what a later phase waits for.',
} as const;

/** The flags of each command. */
export const flags = {
  init: { json },
  check: {
    format: {
      type: 'string',
      value: 'name',
      choices: ['pretty', 'json', 'sarif', 'github'],
      about: 'pretty, json, sarif or github. Default: pretty.',
    },
    issuer,
    accepted: { type: 'boolean', about: 'Also show the findings that the spec accepts, with the reason.' },
    profile: {
      type: 'string',
      value: 'name',
      multiple: true,
      choices: ['auditor', 'pedantic'],
      about:
        'More rules: auditor (owners, consumers, reviews) or pedantic (names, sizes); may be repeated. The spec can ask for them with `profiles`.',
    },
    fix: {
      type: 'boolean',
      about:
        'Change the spec where a finding has a fix: quotes around ambiguous words, https for http, and removed parts that have no effect or that a rule refuses. The page of a rule says whether it has one.',
    },
    gateway: {
      type: 'string',
      value: 'name',
      multiple: true,
      // The ids of `gateways` in core, which help and the parser do not load; a test compares them.
      choices: [
        'tomcat',
        'jetty',
        'nginx',
        'apache',
        'aws-http-api',
        'haproxy',
        'alb',
        'node',
        'cloudfront',
        'envoy',
      ],
      about:
        'What a token must pass: tomcat, jetty, nginx, apache, aws-http-api, haproxy, alb, node, cloudfront, envoy; may be repeated. A token that may be too large for it is an error, and the first that breaks is named.',
    },
    'max-warnings': maxWarnings,
    verbose: { type: 'boolean', about: 'Show every place of every finding, without a limit on lines.' },
    json: { type: 'boolean', about: 'The same as --format json.' },
    ...values,
    ...noScripts,
  },
  build: {
    issuer,
    out: { type: 'string', value: 'folder', about: 'Where to write. Default: dist beside the spec.' },
    'max-warnings': maxWarnings,
    check: { type: 'boolean', about: 'Write nothing; report whether the files on disk are current.' },
    json,
    ...values,
    ...noScripts,
  },
  export: {
    format: {
      type: 'string',
      value: 'name',
      about: 'The format, as listed above. Required.',
    },
    issuer,
    out: {
      type: 'string',
      value: 'folder',
      about: 'The folder to write. Default: dist/export/<format> beside the spec.',
    },
    'max-warnings': maxWarnings,
    json,
    ...values,
    ...noScripts,
  },
  gateway: {
    for: {
      type: 'string',
      value: 'name',
      choices: ['envoy', 'nginx', 'caddy', 'traefik', 'haproxy'],
      about: 'The gateway: envoy, nginx, caddy, traefik or haproxy. Required.',
    },
    service: {
      type: 'string',
      value: 'host:port',
      about: 'The service that gets the requests. Default: 127.0.0.1:9000.',
    },
    check: {
      type: 'string',
      value: 'host:port',
      about: 'Where the server of apps/gateway listens. Default: 127.0.0.1:8080.',
    },
    listen: {
      type: 'string',
      value: 'host:port',
      about: 'Where clients connect. Default: 127.0.0.1:8000. Traefik has its own entry points.',
    },
    out: {
      type: 'string',
      value: 'folder',
      about: 'The folder to write. Default: dist/gateway/<name> in the current folder.',
    },
    ...values,
    ...noScripts,
  },
  preview: {
    issuer,
    scenario,
    event: {
      type: 'string',
      value: 'file',
      about: 'Instead of scenarios: an event that the issuer has sent, as JSON; needs --issuer.',
    },
    trigger: {
      type: 'string',
      value: 'name',
      about: 'The trigger of --event, if its shape does not show it.',
    },
    sources: {
      type: 'string',
      value: 'file',
      about: 'For --event: what each source answers, as JSON: { "<source>": { … } }.',
    },
    live: {
      type: 'string',
      value: 'url',
      about: 'Ask a running issuer what it would sign; only reads. Needs --user and --client.',
    },
    user: { type: 'string', value: 'name', about: 'For --live: the username.' },
    client: { type: 'string', value: 'id', about: 'For --live: the client_id.' },
    realm: {
      type: 'string',
      value: 'name',
      about: 'For --live: the realm. Default: the one in the spec, if it names only one.',
    },
    scope: {
      type: 'string',
      value: 'name',
      multiple: true,
      about: 'For --live: a scope to ask for; may be repeated.',
    },
    json,
    ...values,
    ...noScripts,
  },
  test: {
    issuer,
    scenario,
    format: {
      type: 'string',
      value: 'name',
      choices: ['pretty', 'json', 'junit'],
      about: 'pretty, json or junit. Default: pretty.',
    },
    strict: {
      type: 'boolean',
      about:
        'Also fail for untried cases, scenarios without `expect`, announced differences that no scenario expects, and warnings.',
    },
    mutate: {
      type: 'boolean',
      about: 'Also make small changes to the policy, one at a time, and list those that no scenario notices.',
    },
    watch: { type: 'boolean', short: 'w', about: 'Run again whenever a file beside the spec changes.' },
    json: { type: 'boolean', about: 'The same as --format json.' },
    ...values,
    ...noScripts,
  },
  serve: {
    issuer,
    port: {
      type: 'string',
      value: 'number',
      about: 'The port to listen on; 0 takes a free one. Default 8080.',
    },
    json: { type: 'boolean', about: 'Print the address as JSON.' },
    ...values,
    ...noScripts,
  },
  plan: {
    env,
    set,
    issuer,
    out: { type: 'string', value: 'file', about: 'Also write the plan to a file that `apply` takes.' },
    adopt,
    parallel,
    verbose,
    json,
    ...noScripts,
  },
  apply: { env, set, issuer, yes, adopt, phase, parallel, verbose, json, ...noScripts },
  drift: {
    env,
    set,
    issuer,
    accept: {
      type: 'string',
      value: 'name',
      multiple: true,
      about: 'Accept this difference from now on; may be repeated.',
    },
    parallel,
    json,
    ...noScripts,
  },
  rollback: {
    env,
    set,
    issuer,
    to: { type: 'string', value: 'number', about: 'The release to bring back. Default: the one before.' },
    list: { type: 'boolean', about: 'Only list the releases of each place.' },
    yes,
    phase,
    parallel,
    verbose,
    json,
    ...noScripts,
  },
  verify: { env, set, issuer, scenario, parallel, json, ...noScripts },
  destroy: { env, set, issuer, yes, phase, parallel, verbose, json, ...noScripts },
  engine: {
    for: {
      type: 'string',
      value: 'name',
      choices: ['cedar', 'cedar-json', 'cloudformation', 'terraform', 'opa', 'openfga'],
      about:
        'cedar or cedar-json (a schema), cloudformation or terraform (a policy store of Verified Permissions), opa (a JSON Schema) or openfga (a model).',
    },
    issuer: {
      type: 'string',
      value: 'name',
      about: 'The issuer whose tokens a policy store is for. Needed if the spec has several.',
    },
    ...values,
    ...noScripts,
  },
  types: {
    format: {
      type: 'string',
      value: 'name',
      choices: ['typescript', 'zod', 'json-schema'],
      about: 'typescript (for @claimsmith/guard), zod or json-schema. Default: typescript.',
    },
    ...values,
    ...noScripts,
  },
  revoke: {
    audit: {
      type: 'string',
      value: 'file',
      multiple: true,
      about: 'An audit file; may be repeated. Required.',
    },
    issuer: {
      type: 'string',
      value: 'url',
      about: 'The issuer of the tokens, as they name it in `iss`. Required.',
    },
    subject: {
      type: 'string',
      value: 'id',
      about: 'Only tokens of this user, by the id at the issuer. AUDIT_KEY holds the key of the digests.',
    },
    client: { type: 'string', value: 'id', about: 'Only tokens of this client.' },
    since: { type: 'string', value: 'time', about: 'Only tokens since then: 2027-01-31T10:00:00Z.' },
    all: { type: 'boolean', about: 'All tokens of the audit.' },
    'token-life': {
      type: 'string',
      value: 'duration',
      about:
        'How long tokens live at most, as `maxLifetimeSeconds` of your guards says. Entries are kept as long. Default: 24h, as there.',
    },
    out: { type: 'string', value: 'file', about: 'Write the entries to this file. Default: print them.' },
    'redis-from': {
      type: 'string',
      value: 'variable',
      about:
        'Add the entries to Redis or Valkey, where `redisDenylist` reads them. The variable of the environment holds its address: redis://….',
    },
    'redis-prefix': {
      type: 'string',
      value: 'text',
      about: 'The `prefix` of your `redisDenylist`. Default: claimsmith:denylist.',
    },
    json: { type: 'boolean', about: 'Has no effect: entries are JSON.' },
  },
  explain: { ...values, json, ...noScripts },
  audit: {
    subject: {
      type: 'string',
      value: 'id',
      about: 'Only records of this user, by the id at the issuer. The key comes from AUDIT_KEY.',
    },
    'key-from': {
      type: 'string',
      value: 'variable',
      about: 'The variable of the environment that holds the key. Default: AUDIT_KEY.',
    },
    client: { type: 'string', value: 'id', about: 'Only records of this client.' },
    claim: { type: 'string', value: 'name', about: 'Only records of tokens with this claim.' },
    policy: { type: 'string', value: 'name', about: 'Only this policy, revision, or policy@revision.' },
    decision: {
      type: 'string',
      value: 'name',
      choices: ['issued', 'denied', 'left', 'challenged'],
      about: 'issued, denied, left or challenged.',
    },
    since: { type: 'string', value: 'time', about: 'From this time on: 2026-12-01, 2026-12-01T04:00:00Z.' },
    until: { type: 'string', value: 'time', about: 'Before this time.' },
    after: {
      type: 'string',
      value: 'hash',
      about: 'For verify: the end of the audit file before the first one, if you do not name that file.',
    },
    end: {
      type: 'string',
      value: 'hash',
      about: 'For verify: the end of the last audit file, as you have kept it elsewhere.',
    },
    json: { type: 'boolean', about: 'Print JSON: query prints one record a line.' },
  },
  diff: {
    format: {
      type: 'string',
      value: 'name',
      choices: ['md', 'json'],
      about: 'md or json. Default: md.',
    },
    'allow-wider': {
      type: 'string',
      value: 'part',
      multiple: true,
      about: 'This part may grant more than before, as the output names it: claims.roles; may be repeated.',
    },
    strict: { type: 'boolean', about: 'Also fail where it is not proven that tokens grant no more.' },
    json: { type: 'boolean', about: 'The same as --format json.' },
    ...values,
    ...noScripts,
  },
  inventory: {
    format: {
      type: 'string',
      value: 'name',
      choices: ['md', 'csv', 'json', 'html'],
      about: 'md, csv, json or html. Default: md.',
    },
    json: { type: 'boolean', about: 'The same as --format json.' },
    ...values,
    ...noScripts,
  },
  schema: { json: { type: 'boolean', about: 'Has no effect: a schema is JSON.' } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Flag>>>>;

/** The flags of one command, once parsed. */
export type FlagsOf<Name extends keyof typeof flags> = FlagValues<(typeof flags)[Name]>;
