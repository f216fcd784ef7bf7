/** The call of `hash.hmac` with its key, which is a setting. */
export const hmacKey = /\bhash\s*\.\s*hmac\s*\(\s*(["'])\$\{(\w+)\}\1/g;

const secretName = /(^|[-_.])(token|secret|password|passwd|api[-_]?key)$/i;

const secretShapes: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a JWT', /\beyJ[\w-]{8,}\.[\w-]{8,}\./],
  ['a private key', /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/],
  ['an API token of Okta', /\bSSWS\s+[\w-]|\b00[A-Za-z0-9_-]{40}\b/],
  ['an access key of AWS', /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/],
  ['an API key of Google', /\bAIza[\w-]{35}\b/],
  ['a client secret of Google', /\bGOCSPX-[\w-]{20,}/],
  ['a token of GitHub', /\b(?:gh[pousr]_\w{36}|github_pat_\w{22,})/],
  ['a token of Slack', /\bxox[abeoprs]-[\w-]{10}/],
  ['a key of Stripe', /\b(?:[rs]k_(?:live|test)|whsec)_\w{16}/],
  ['a token of GitLab', /\bglpat-[\w-]{20}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a key of Sendgrid', /\bSG\.[\w-]{16,}\.[\w-]{16,}/],
  [
    'a password in an address',
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#:@'"${}]{1,100}:(?!\$\{)[^\s/?#@'"]{3,100}@/i,
  ],
];

/** Whether a value of this name is usually a secret: `x-crm-token`, `CLIENT_SECRET`. */
export function hasSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether a text has the form of a private key, or of a token of a well-known service. */
export function hasSecretShape(text: string): boolean {
  return secretShapeOf(text) !== undefined;
}

/** What a text looks like, if it holds a secret: `an access key of AWS`; and where in the text. */
export function secretShapeOf(text: string): { readonly what: string; readonly at: number } | undefined {
  for (const [what, shape] of secretShapes) {
    const found = shape.exec(text);
    if (found !== null) return { what, at: found.index };
  }
  return undefined;
}

/** Below these, words of people look the same. */
const leastBitsPerCharacter = 3.5;
const leastLength = 24;

/** Whether a text is so long and irregular that no person has chosen it, without what is filled in later (`${NAME}`). */
export function looksRandom(text: string): boolean {
  const own = text.replace(/\$\{[^}]*\}/g, '').trim();
  if (own.length < leastLength || /\s/.test(own)) return false;
  const counts = new Map<string, number>();
  for (const character of own) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / own.length) * Math.log2(count / own.length);
  // Names of people have words between separators; keys have digits among their letters.
  return bits >= leastBitsPerCharacter && /\d/.test(own) && /[A-Za-z]/.test(own);
}
