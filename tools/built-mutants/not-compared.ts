import type { Outcome } from './run.ts';

/** Values of built files whose change `test` does not notice with the scenarios of the example, and why that is right. */
const notCompared: readonly { readonly at: RegExp; readonly why: string }[] = [
  { at: /^manifest\.json generator$/, why: 'the version of claimsmith, which no token rests on' },
  { at: /requires\.fullScopeAllowed$/, why: 'a setting of clients that no mapper of the example needs' },
  { at: /defaultDefaultClientScopes|defaultOptionalClientScopes/, why: "Keycloak's own client scopes" },
  {
    at: /^credentials-exchange\.js .*(question|headers|timeoutMs|retries|cacheMs|limitBytes): /,
    why: 'no machine asks',
  },
  { at: /^policy\.mjs \d+: "(\w+)": "\1" \["\1"\]$/, why: 'names of native claims, for the audit' },
  { at: /^settings\.mjs .*x-amz-target/, why: 'how AWS is asked for settings, which has tests of its own' },
  { at: /refuseStrays\(.*\[\d+\]$/, why: 'the budget: a search of its own proves it' },
  { at: /(note|deny)\(run, /, why: 'outcomes by name, for log and audit' },
  { at: /(claim\(run, .*|return 'default';) \['\w+'\]$/, why: 'outcomes by name, for log and audit' },
  {
    at: /judgeScopes\(run, .*\['account\.read\.\{account\}'\]$/,
    why: 'an outcome by name, for log and audit',
  },
  { at: /payment_initiation.*\['detail'\]$/, why: 'an outcome by name, for log and audit' },
  { at: /fail\('(\w+)'\).* \['\1'\]$/, why: 'the name of a failure, for a log' },
  { at: /'entitlements'\) \['entitlements'\]$/, why: 'the name in the cause of a failure, for a log' },
  { at: /(spend|affords)\(.*\[\d+\]$|var budget = /, why: 'the budget: a search of its own proves it' },
  { at: /var tables = /, why: 'a table that native claims alone use here' },
  { at: /openNeed\(answers, /, why: 'what has been answered, no host asks again either' },
  { at: /limitAge\(/, why: 'of two claims with one bound, either denies' },
  { at: /=== 'human' \|\| context\.user\.id/, why: 'a person has an id wherever there is a token' },
  {
    at: /surely\(when_roles, true, context\).*\[true\]$/,
    why: 'two claims read the source, and either is enough to ask it',
  },
  { at: /asListedActor\(fieldOf\(raw, 'actor'\)\)/, why: 'nobody acts for the subject in the scenarios' },
  { at: /name === 'payments\.approve' \|\||begins\(name, /, why: 'scopes that no scenario asks for' },
];

/** Why a change is not noticed; undefined if it has to be. */
export function reasonFor({ file, at }: Pick<Outcome, 'file' | 'at'>): string | undefined {
  return notCompared.find((entry) => entry.at.test(`${file} ${at}`))?.why;
}
