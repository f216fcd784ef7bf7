import type { Random } from '../fuzz/random.ts';

/** What may stand where something else was expected. */
const junk: readonly [unknown, ...unknown[]] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  'Everyone',
  'GRANT',
  '__proto__',
  'ä€😀\u2028',
  '\ud800',
  '2026-11-20T10:00:00.000Z',
  [],
  [null],
  ['Everyone'],
  ['Everyone', 1],
  {},
  { id: 1 },
  { claims: {} },
  { claims: null, token: null, scopes: null },
  { admin: { action: 'GRANT' } },
  { admin: { action: 'DENY' } },
  { admin: null },
  'api://real',
  'api://other',
  ['urn:claimsmith:unenriched'],
];

/** Names that a request holds, and others that it should not. */
const names: readonly [string, ...string[]] = [
  'claims',
  'token',
  'scopes',
  'id',
  'user',
  'session',
  'originalGrant',
  'OriginalGrant',
  'access',
  'identity',
  'cs_feeders',
  'cs_groups',
  'aud',
  'uid',
  'groups',
  'constructor',
  'toString',
];

type Node = Record<string, unknown> | unknown[];

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Changes some places of a JSON value in place. */
export function mutateValue(root: Node, random: Random): void {
  for (let changes = 1 + random.below(3); changes > 0; changes--) mutateOnce(root, random);
}

function mutateOnce(root: Node, random: Random): void {
  let node = root;
  for (;;) {
    const keys = Object.keys(node);
    const key = keys[random.below(keys.length)];
    const below: unknown = key === undefined ? undefined : Reflect.get(node, key);
    if (key !== undefined && isNode(below) && random.chance(0.8)) {
      node = below;
      continue;
    }
    const action = random.below(4);
    if (key === undefined || action === 0) Reflect.set(node, random.pick(names), fresh(random));
    else if (action === 1) Reflect.deleteProperty(node, key);
    else if (action === 2 && typeof below === 'string') Reflect.set(node, key, mutateText(below, random));
    else Reflect.set(node, key, fresh(random));
    return;
  }
}

function fresh(random: Random): unknown {
  // A copy: what is put in may be changed again.
  return JSON.parse(JSON.stringify(random.pick(junk)));
}

function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const piece = random.pick(['', 'x', ' ', '"', '\\', '/', '?', '&a=1&a=2', '~', '\u0000', 'é', text]);
  return text.slice(0, at) + piece + text.slice(at + random.below(3));
}

/** Changes bytes, wherever they are. */
export function mutateBytes(body: Buffer, random: Random): Buffer {
  const at = random.below(body.length + 1);
  switch (random.below(5)) {
    case 0:
      return body.subarray(0, at);
    case 1:
      return Buffer.concat([body.subarray(0, at), Buffer.from([random.below(256)]), body.subarray(at)]);
    case 2:
      return Buffer.concat([
        body.subarray(0, at),
        body.subarray(Math.min(body.length, at + 1 + random.below(20))),
      ]);
    case 3: {
      const copy = Buffer.from(body);
      for (let i = random.below(8); i >= 0; i--) copy[random.below(copy.length)] = random.below(256);
      return copy;
    }
    default: {
      // A piece said twice: keys that come twice, values that go on.
      const end = Math.min(body.length, at + random.below(200));
      return Buffer.concat([body.subarray(0, end), body.subarray(at)]);
    }
  }
}

/** A header's value that is not the secret, most often nearly it. */
export function wrongCredential(secret: string, random: Random): string | undefined {
  const at = random.below(secret.length);
  switch (random.below(6)) {
    case 0:
      return undefined;
    case 1:
      return '';
    case 2:
      return secret.slice(0, at);
    case 3:
      return `${secret}${secret.charAt(at)}`;
    case 4:
      return secret.slice(0, at) + String.fromCharCode(secret.charCodeAt(at) ^ 1) + secret.slice(at + 1);
    default:
      return Buffer.from(secret).reverse().toString();
  }
}
