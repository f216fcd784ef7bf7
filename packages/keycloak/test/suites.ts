import type { IssuerSuites } from '../../../tools/suites.ts';

export const suites = {
  settings: '{ audience: https://api.acme.example/, scripts: true }',
  place: 'look',
  places: {
    'clients at Keycloak': (name) =>
      `claims: { c: { const: 1, kind: descriptive } }\nissuers: { keycloak: { clients: ["${name}", web] } }`,
    'clients at Keycloak, by a script': (name) =>
      `claims: { c: { value: user.username + "!", kind: descriptive } }\nissuers: { keycloak: { scripts: true, audience: "urn:api", clients: ["${name}", web] } }`,
    'the owner of roles at Keycloak': (name) =>
      `claims: { c: { const: 1, kind: descriptive, when: '"a" in user.roles' } }\nissuers: { keycloak: { audience: "urn:api", rolesFrom: { client: "${name}" } } }`,
    'a role of a client at Keycloak': (name) =>
      `claims: { c: { const: 1, kind: descriptive, when: '"${name}" in user.roles' } }\nissuers: { keycloak: { audience: "urn:api", rolesFrom: { client: "${name}" } } }`,
    'the realm': (name) =>
      `claims: { c: { const: 1, kind: descriptive } }\nissuers: { keycloak: { realm: "${name}" } }`,
    'an attribute at Keycloak': (name) =>
      `user: { attributes: { a: string } }\nclaims: { c: { value: user.attributes.a, kind: descriptive } }\nissuers: { keycloak: { attributes: { a: "${name}" } } }`,
    'an attribute at Keycloak, by a script': (name) =>
      `user: { attributes: { a: string } }\nclaims: { c: { value: user.attributes.a + "!", kind: descriptive } }\nissuers: { keycloak: { scripts: true, audience: "urn:api", attributes: { a: "${name}" } } }`,
    'the audience at Keycloak': (name) =>
      `claims: { c: { const: 1, kind: descriptive } }\nissuers: { keycloak: { audience: "${name}" } }`,
  },
} satisfies IssuerSuites;
