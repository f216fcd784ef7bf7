import { describe, expect, test } from 'vitest';
import { compile, type Environment } from './index.ts';

const environment: Environment = {
  variables: {
    issuer: { kind: 'string' },
    params: {
      kind: 'record',
      name: 'params',
      fields: {
        region: { type: { kind: 'string' }, always: true },
        limit: { type: { kind: 'int' }, always: true },
        rate: { type: { kind: 'double' }, always: true },
        beta: { type: { kind: 'bool' }, always: true },
        tiers: { type: { kind: 'list', element: { kind: 'string' } }, always: true },
        attribute: { type: { kind: 'string' }, always: true },
      },
    },
    user: {
      kind: 'record',
      name: 'user',
      fields: {
        id: { type: { kind: 'string' }, always: true },
        email: { type: { kind: 'string' } },
        level: { type: { kind: 'int' } },
        roles: { type: { kind: 'list', element: { kind: 'string' } } },
        labels: { type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'dyn' } } },
      },
    },
    json: { kind: 'dyn' },
  },
  constants: {
    issuer: 'okta',
    params: { region: 'eu', limit: 3, rate: 2, beta: true, tiers: ['gold', 'free'], attribute: 'email' },
  },
};

function reads(source: string): readonly string[] | string {
  const compiled = compile(source, environment);
  return compiled.ok
    ? compiled.expression.reads.map(({ path }) => path.join('.'))
    : (compiled.problems[0]?.message ?? '');
}

describe('what a constant rules out is not read', () => {
  test.each<[source: string, read: readonly string[]]>([
    ['issuer == "okta" ? user.id : user.email', ['user.id']],
    ['issuer != "okta" ? user.id : user.email', ['user.email']],
    ['"keycloak" == issuer ? user.id : user.email', ['user.email']],
    ['issuer in ["auth0", "okta"] ? user.id : user.email', ['user.id']],
    ['!(issuer in ["auth0"]) ? user.id : user.email', ['user.id']],
    ['issuer == "auth0" && user.email == "x"', []],
    ['user.email == "x" && issuer == "auth0"', []],
    ['issuer == "okta" && user.email == "x"', ['user.email']],
    ['issuer == "okta" || user.email == "x"', []],
    ['issuer == "auth0" || user.email.startsWith(params.region)', ['user.email']],
    ['params.limit > 2 && params.rate <= 2.0 ? user.id : user.email', ['user.id']],
    ['params.beta ? user.id : user.email', ['user.id']],
    ['params["region"] == "eu" ? user.id : user.email', ['user.id']],
    ['has(params.region) ? user.id : user.email', ['user.id']],
    ['params.?region.orValue("us") == user.id', ['user.id']],
    ['user.roles.exists(r, r in params.tiers)', ['user.roles']],
    ['user.roles.exists(issuer, issuer == "okta")', ['user.roles']],
    ['user[params.attribute]', ['user.email']],
    ['user.labels[params.region] == issuer', ['user.labels.eu']],
    ['cel.bind(params, user.id, params)', ['user.id']],
  ])('%s', (source, read) => {
    expect(reads(source)).toEqual(read);
  });
});

describe('the type of what is left', () => {
  test.each([
    ['issuer == "okta" ? user.level : 0', 'int'],
    ['params.rate', 'double'],
    ['params.limit', 'int'],
    ['params.tiers', 'list'],
    // An operand of unknown type must still prove to be a boolean.
    ['issuer == "okta" && json', 'bool'],
  ])('%s', (source, kind) => {
    const compiled = compile(source, environment);
    expect(compiled.ok && compiled.expression.type.kind).toBe(kind);
  });

  test('all branches must have types that fit', () => {
    expect(reads('issuer == "auth0" ? user.level.startsWith("a") : true')).toMatch(
      /expected string, found int/,
    );
    expect(reads('issuer == "auth0" && user.nothing == "a"')).toMatch(/no field `nothing`/);
  });
});

describe('a constant as a name is checked like a name that is written', () => {
  const named = (attribute: string, source: string) => {
    const { constants, variables } = environment;
    const compiled = compile(source, { variables, constants: { ...constants, params: { attribute } } });
    return compiled.ok ? 'fits' : compiled.problems[0]?.message;
  };

  test.each(['constructor', '__proto__', 'nothing'])('%s', (name) => {
    expect(named(name, 'user[params.attribute]')).toBe(`\`user\` has no field \`${name}\``);
  });

  test('a key that appears twice', () => {
    expect(named('a', '{params.attribute: 1, "a": 2}')).toBe('this key appears twice');
    expect(named('__proto__', '{params.attribute: 1}')).toMatch(/cannot be a key/);
  });
});
