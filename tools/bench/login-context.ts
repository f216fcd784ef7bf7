import type { Environment, Field, RecordType, Type } from '@claimsmith/cel';

/** A login as an adapter hands it to a policy, about 4 kB as JSON. */
export interface LoginContext {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly email_verified: boolean;
    readonly name: string;
    readonly logins: number;
    readonly roles: readonly string[];
    readonly groups: readonly string[];
    readonly attributes: {
      readonly country: string;
      readonly approval_limit: number;
      readonly department: string | undefined;
      readonly accounts: readonly string[];
      readonly contract_end: string;
    };
  };
  readonly org: {
    readonly id: string;
    readonly name: string;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly client: { readonly id: string; readonly name: string };
  readonly request: {
    readonly grant_type: string;
    readonly scopes: readonly string[];
    readonly ip: string;
    readonly params: Readonly<Record<string, string>>;
  };
}

const always = (type: Type): Field => ({ type, always: true });
const maybe = (type: Type): Field => ({ type });
const STRING: Type = { kind: 'string' };
const STRINGS: Type = { kind: 'list', element: STRING };
const STRING_MAP: Type = { kind: 'map', key: STRING, value: STRING };
const record = (name: string, fields: Readonly<Record<string, Field>>): RecordType => ({
  kind: 'record',
  name,
  fields,
});

export const loginEnvironment: Environment = {
  variables: {
    user: record('user', {
      id: always(STRING),
      email: maybe(STRING),
      email_verified: maybe({ kind: 'bool' }),
      name: maybe(STRING),
      logins: maybe({ kind: 'int' }),
      roles: maybe(STRINGS),
      groups: maybe(STRINGS),
      attributes: always(
        record('attributes', {
          country: maybe(STRING),
          approval_limit: maybe({ kind: 'double' }),
          department: maybe(STRING),
          accounts: maybe(STRINGS),
          contract_end: maybe(STRING),
        }),
      ),
    }),
    org: record('org', { id: maybe(STRING), name: maybe(STRING), metadata: maybe(STRING_MAP) }),
    client: record('client', { id: maybe(STRING), name: maybe(STRING) }),
    request: record('request', {
      grant_type: maybe(STRING),
      scopes: maybe(STRINGS),
      ip: maybe(STRING),
      params: maybe(STRING_MAP),
    }),
  },
};

/** The `n`-th of a series of logins that differ where the expressions look. */
export function loginContext(n: number): LoginContext {
  return {
    user: {
      id: `auth0|65f1c0ffee${n}`,
      email: n % 2 ? `jo.${n}@acme.example` : `jo.${n}@partner.example`,
      email_verified: n % 4 !== 0,
      name: `Jo Example ${n}`,
      logins: n,
      roles: Array.from({ length: 16 }, (_, i) => `${i % 4 === n % 4 ? 'payments' : 'reports'}:role-${i}`),
      groups: Array.from({ length: 24 }, (_, i) => `/acme/departments/department-${i + n}`),
      attributes: {
        country: ['DE', 'FR', 'US', 'JP'][n % 4] ?? 'DE',
        approval_limit: n * 400,
        department: n % 3 ? `department-${n}` : undefined,
        accounts: Array.from({ length: 40 }, (_, i) => `DE00-1234-5678-${1000 + i * n}`),
        contract_end: `2026-0${1 + (n % 8)}-15T12:00:00Z`,
      },
    },
    org: {
      id: `org_${n}`,
      name: 'Acme',
      metadata: { tier: n % 2 ? 'gold' : 'free', region: 'eu', plan: `plan-${n}` },
    },
    client: { id: `client-${n}`, name: 'Payments console' },
    request: {
      grant_type: n % 2 ? 'authorization_code' : 'client_credentials',
      scopes: ['openid', 'profile', 'email', 'payments.read', ...(n % 2 ? ['payments.approve'] : [])],
      ip: `192.0.2.${n}`,
      params: { ui_locales: 'de-DE en', login_hint: `jo.${n}@acme.example`, prompt: 'none' },
    },
  };
}
