import type { ContractApi, ContractLookup } from './contract/contract.ts';
import { parseType, typedValue } from './contract/value-type.ts';
import { type Denial, LookupError, type Lookups, type LookupToken } from './lookups.ts';
import { refuse } from './settings.ts';
import { subjectOf } from './token/facts.ts';
import type { Judged, Said } from './token/judge.ts';
import type { Verified } from './token/verify.ts';
import type { Token } from './types.ts';

/** Looks up what tokens of one API do not carry. */
export class Looker {
  readonly #api: ContractApi;
  readonly #audience: string;
  readonly #lookups: Lookups | undefined;
  readonly #now: () => number;

  constructor(api: ContractApi, audience: string, lookups: Lookups | undefined, now: () => number) {
    this.#api = api;
    this.#audience = audience;
    this.#lookups = lookups;
    this.#now = now;
  }

  /** A frozen token with its look-ups. */
  token(judged: Judged, verified: Verified): Token {
    return Object.freeze(Object.assign(new TokenWithLookups(this, judged, verified), judged.said)) as Token;
  }

  /** @throws {LookupError} and {GuardError} `settings` */
  async resolve(judged: Judged, verified: Verified, claim: string): Promise<unknown> {
    const { said } = judged;
    const lookups = this.#ready();
    const looked = own(this.#api.lookups ?? {}, claim);
    if (looked === undefined)
      throw refuse(`the contract has no claim \`${claim}\` with \`resolve: request\``);
    if (looked.for[said.kind] === 'never') return undefined;
    return typed(looked, claim, said, await lookups.resolve(this.#facts(judged, verified), claim));
  }

  /** @throws {LookupError} and {GuardError} `settings` */
  async fresh(judged: Judged, verified: Verified, claim: string): Promise<unknown> {
    const { said } = judged;
    const lookups = this.#ready();
    const looked = this.#api.fresh?.includes(claim) === true ? own(this.#api.claims, claim) : undefined;
    if (looked === undefined)
      throw refuse(`the contract has no claim \`${claim}\` that can be looked up again`);
    if (looked.for[said.kind] === 'never') return undefined;
    return typed(looked, claim, said, await lookups.fresh(this.#facts(judged, verified), claim));
  }

  /** @throws {LookupError} and {GuardError} `settings` */
  async deny(judged: Judged, verified: Verified): Promise<Denial> {
    return await this.#ready().deny(this.#facts(judged, verified));
  }

  #ready(): Lookups {
    if (this.#lookups === undefined) throw refuse('nothing can be looked up without `lookups`');
    return this.#lookups;
  }

  #facts({ said, stale }: Judged, verified: Verified): LookupToken {
    const { authority, descriptive, issuer, kind, client, scopes, revision } = said;
    return {
      issuer,
      audience: this.#audience,
      kind,
      subject: kind === 'delegated' ? subjectOf(verified) : kind,
      client,
      scopes,
      revision,
      payload: verified.payload,
      claims: { ...descriptive, ...authority },
      stale,
      nowMs: this.#now(),
    };
  }
}

/** The look-ups of a token. They do not show when it is compared, or written as JSON. */
class TokenWithLookups {
  readonly #looker: Looker;
  readonly #judged: Judged;
  readonly #verified: Verified;

  constructor(looker: Looker, judged: Judged, verified: Verified) {
    this.#looker = looker;
    this.#judged = judged;
    this.#verified = verified;
  }

  async resolve(claim: string): Promise<unknown> {
    return await this.#looker.resolve(this.#judged, this.#verified, claim);
  }

  async fresh(claim: string): Promise<unknown> {
    return await this.#looker.fresh(this.#judged, this.#verified, claim);
  }

  async deny(): Promise<Denial> {
    return await this.#looker.deny(this.#judged, this.#verified);
  }
}

/** A frozen copy: the policy's own tables may be among the values. */
function typed(looked: ContractLookup, claim: string, { issuer }: Said, value: unknown): unknown {
  if (value === undefined) return undefined;
  const type = parseType(looked.type);
  const found = type && typedValue(value, type);
  if (found === undefined) throw new LookupError('unavailable', { claim, issuer, why: 'type' });
  return found;
}

function own<T>(mapping: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}
