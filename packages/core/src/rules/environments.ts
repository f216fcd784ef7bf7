import type { RuleInfo } from './rule.ts';

/** Rules of environment files. `readEnvironment` of `@claimsmith/deploy` reports them. */
export const environmentRules: readonly RuleInfo[] = [
  {
    id: 'TE950',
    slug: 'environment-target',
    severity: 'error',
    title: 'An environment names only targets that the spec is published to.',
    why: 'A misspelt target would never be published, and nobody would notice.',
    mend: 'Use the id of an issuer that the spec has under `issuers`, such as `auth0`.',
    unacceptable: true,
  },
  {
    id: 'TE951',
    slug: 'setting-not-in-environment',
    severity: 'error',
    title: 'An environment says where each `${NAME}` of the spec is kept.',
    why: 'Without its value the published policy could not ask its source, and each token that needs it would be denied.',
    mend: 'Add it under `settings`: `CRM_TOKEN: { env: CRM_TOKEN }`, `{ file: … }` or `{ command: […] }`.',
    unacceptable: true,
  },
  {
    id: 'TE952',
    slug: 'setting-not-read',
    severity: 'warning',
    title: 'The spec reads each setting of an environment.',
    why: 'A setting that nothing reads is misspelt, or a secret that a person who publishes need not have.',
    mend: 'Correct its name, or remove it.',
    unacceptable: true,
  },
  {
    id: 'TE953',
    slug: 'secret-in-environment',
    severity: 'warning',
    title: 'An environment says where a secret is kept, and does not hold it.',
    why: 'An environment file is in version control, and many people can read it.',
    mend: 'Write `{ env: NAME }`, `{ file: … }` or `{ command: […] }` instead of `{ value: … }`. Revoke the old secret, because somebody may have read it.',
    reference: 'https://cwe.mitre.org/data/definitions/798.html',
    unacceptable: true,
  },
  {
    id: 'TE954',
    slug: 'setting-kept-elsewhere',
    severity: 'error',
    title: 'Every target of an environment can read each setting where it is kept.',
    why: 'Only a Lambda function reads AWS Secrets Manager and the SSM Parameter Store when it runs. Other targets are given the value, and would be given its address instead.',
    mend: 'Give the other target an environment of its own, where the setting is `{ env: NAME }`, `{ file: … }` or `{ command: […] }`.',
    unacceptable: true,
  },
];
