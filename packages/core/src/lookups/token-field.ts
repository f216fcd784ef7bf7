/** A field of the identity context that the access tokens of an issuer say, wherever it has a value. */
export interface TokenField {
  /** A dotted path: `user.id`. */
  readonly field: string;
  /** The claim of the token. */
  readonly claim: string;
  /** Whether it is a field of people only: in tokens of machines, the claim says something else. Default: false. */
  readonly people?: true;
}
