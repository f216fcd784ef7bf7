// Written by `claimsmith types` for transfers. Do not edit.

/** For `readContract`: the contract with these types has the same one. */
export const fingerprint = '82ebaacf';

/** What tokens of the policy say, by audience and kind of subject. */
export interface Apis {
  readonly 'https://transfers.acme.example/': {
    readonly human: {
      readonly authority: {
        readonly daily_limit: number;
        readonly roles: readonly string[];
      };
      readonly descriptive: Readonly<Record<never, never>>;
      readonly lookups: {
        readonly daily_limit_left: number;
      };
      readonly fresh: {
        readonly daily_limit: number;
        readonly roles: readonly string[];
      };
    };
    readonly machine: {
      readonly authority: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
      readonly descriptive: Readonly<Record<never, never>>;
      readonly lookups: {
        readonly daily_limit_left?: undefined;
      };
      readonly fresh: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
    };
    readonly agent: {
      readonly authority: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
      readonly descriptive: Readonly<Record<never, never>>;
      readonly lookups: {
        readonly daily_limit_left?: undefined;
      };
      readonly fresh: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
    };
    readonly delegated: {
      readonly authority: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
      readonly descriptive: Readonly<Record<never, never>>;
      readonly lookups: {
        readonly daily_limit_left?: undefined;
      };
      readonly fresh: {
        readonly daily_limit?: undefined;
        readonly roles?: undefined;
      };
    };
    readonly scopes: never;
    readonly details: Readonly<Record<never, never>>;
  };
}
