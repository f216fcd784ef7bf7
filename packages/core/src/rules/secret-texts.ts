const secretName = /(^|[-_.])(token|secret|password|passwd|api[-_]?key)$/i;

const secretShapes: readonly RegExp[] = [
  // A JWT, a private key, tokens of Okta, AWS, GitHub, Slack and Stripe.
  /\beyJ[\w-]{8,}\.[\w-]{8,}\./,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bSSWS\s+[\w-]/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\b(gh[pousr]_\w{36}|xox[abprs]-\w{10}|[rs]k_live_\w{16})/,
];

/** Whether a value of this name is usually a secret: `x-crm-token`, `CLIENT_SECRET`. */
export function hasSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether a text has the form of a private key, or of a token of a well-known service. */
export function hasSecretShape(text: string): boolean {
  return secretShapes.some((shape) => shape.test(text));
}
