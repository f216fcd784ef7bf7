// Written by `claimsmith types` for payments. Do not edit.

/** For `readContract`: the contract with these types has the same one. */
export const fingerprint = '4a68d7e1';

/** What tokens of the policy say, by audience and kind of subject. */
export interface Apis {
  readonly 'https://payments.acme.example/': {
    readonly human: {
      readonly authority: {
        readonly approval_limit?: number | undefined;
        readonly features: readonly string[];
        readonly roles: readonly string[];
        readonly tenant_id: string;
      };
      readonly descriptive: {
        readonly plan?: string | undefined;
        readonly region?: string | undefined;
      };
      readonly fresh: {
        readonly features: readonly string[];
        readonly plan: string;
      };
    };
    readonly machine: {
      readonly authority: {
        readonly approval_limit?: undefined;
        readonly features?: undefined;
        readonly roles?: undefined;
        readonly tenant_id: string;
      };
      readonly descriptive: {
        readonly plan?: undefined;
        readonly region?: undefined;
      };
      readonly fresh: {
        readonly features?: undefined;
        readonly plan?: undefined;
      };
    };
    readonly agent: {
      readonly authority: {
        readonly approval_limit?: undefined;
        readonly features?: undefined;
        readonly roles?: undefined;
        readonly tenant_id: string;
      };
      readonly descriptive: {
        readonly plan?: undefined;
        readonly region?: undefined;
      };
      readonly fresh: {
        readonly features?: undefined;
        readonly plan?: undefined;
      };
    };
    readonly delegated: {
      readonly authority: {
        readonly approval_limit?: undefined;
        readonly features?: undefined;
        readonly roles?: undefined;
        readonly tenant_id?: undefined;
      };
      readonly descriptive: {
        readonly plan?: string | undefined;
        readonly region?: string | undefined;
      };
      readonly fresh: {
        readonly features?: undefined;
        readonly plan?: string | undefined;
      };
    };
    readonly scopes: `account.read.${string}` | 'payments.approve';
    readonly details: {
      readonly payment_initiation: {
        readonly amount?: number | undefined;
        readonly currency?: string | undefined;
      };
    };
  };
}
