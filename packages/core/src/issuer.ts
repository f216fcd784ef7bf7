import type { z } from 'zod';
import type { Compilation } from './compilation.ts';
import type { RawContext } from './context.ts';
import type { AccessToken } from './contract/schema.ts';
import type { Export } from './export/types.ts';
import type { Finding, Path } from './finding.ts';
import type { Issuance, Tokens } from './issuance.ts';
import type { Live } from './live.ts';
import type { TokenField } from './lookups/token-field.ts';
import type { Policy } from './policy.ts';
import type { SourceAnswer } from './scenario/types.ts';
import type { Target } from './target.ts';

/** What an issuer package supplies. A new issuer is one folder with such an object, and one line in the registry. */
export interface Issuer {
  /** The key under `issuers` in a spec. */
  readonly id: string;
  /** The product's name. */
  readonly title: string;
  /** What may stand under `issuers.<id>`. */
  readonly settings: z.ZodType;
  /** What `claimsmith init` writes under `issuers.<id>`. */
  readonly starter: Starter;
  /** The names that claims carry in its tokens, by their names in the spec: aliases and namespaces resolved. */
  names(policy: Policy): Readonly<Record<string, string>>;
  /** Reports the parts of the policy that do not work at this issuer. Pure and quick: `claimsmith check` runs it. */
  check(policy: Policy): readonly Finding[];
  /** Turns the policy into the files to deploy. They are ready to ship if there are no findings of error severity. */
  compile(policy: Policy): Promise<Compilation>;
  readonly model: Model;
  /** What its access tokens look like to services. Default: as RFC 9068 describes them. */
  readonly accessToken?: AccessToken;
  /** The fields of the identity context that they say. Default: the user's id in `sub`, in tokens of people. */
  readonly tokenFields?: readonly TokenField[];
  readonly simulator: Simulator;
  /** Hosts the built files. Absent if the issuer runs them itself. */
  readonly serve?: Capability<Server>;
  /** Asks a running issuer for tokens. Absent if that is not possible. */
  readonly live?: Capability<Live>;
  /** Publishes to tenants. Absent if that is not possible. */
  readonly target?: Capability<Target>;
  /**
   * Writes the policy for tools of others that apply it, by the name of the format: `terraform`. Absent if there are
   * none. `about` completes a list: `Actions, and their bindings`.
   */
  readonly exports?: Readonly<Record<string, Capability<Export>>>;
}

/** An issuer's part of a spec as YAML on one line, `{ guard: [sentinel] }`, with a comment for new readers. */
export interface Starter {
  readonly settings: string;
  readonly comment?: string;
}

/** What an issuer knows, and how it makes claims. */
export interface Model {
  /** Where the issuer takes each field of the identity context from, by trigger. The issuer cannot supply other fields. */
  readonly supplies: readonly Supply[];
  /** The fields that it does not supply at a trigger. */
  lacks(policy: Policy, trigger: string): Lack;
  /** Whether the issuer can keep answers of sources; if not, `cache` has no effect. Default: true. */
  readonly caches?: boolean;
  /** How long access tokens live if the spec does not say. Absent if nobody can know. */
  lifetime?(policy: Policy): DefaultLifetime;
  /** How each claim is made, by its name in the spec. A claim without an entry is made in the issuer's only way. */
  ways?(policy: Policy): Readonly<Record<string, ClaimWay>>;
  /** The claims, by their names in the spec, that tokens lack when their list is empty. Default: none. */
  emptyLeftOut?(policy: Policy): readonly string[];
  /**
   * The audience of its access tokens, for the audience that a client asks for; undefined: none. An issuer without this
   * function gives the requested audience.
   */
  audience?(policy: Policy, asked: string | undefined): string | undefined;
  /** Whether its access tokens have an audience; if not, only policies know it, and a finding says so. Default: true. */
  readonly hasAudience?: boolean;
}

/** How long tokens live at an issuer unless somebody changes that. */
export interface DefaultLifetime {
  readonly defaultMs: number;
  /** Where it is set, for people: `Maximum Access Token Lifetime of the API`. */
  readonly setting: string;
}

/** Runs the built files on this machine, as the vendor would. */
export interface Simulator {
  /** Turns a scenario's identity context into the vendor's event, as the vendor would send it. */
  eventFrom(context: RawContext, policy: Policy): VendorEvent;
  /**
   * A scenario's identity context as the issuer can store it, in the issuer's own order and types, without values that it
   * cannot store. Default: unchanged. Fields that the issuer does not supply stay.
   */
  holds?(context: RawContext, policy: Policy): RawContext;
  /** What `sub` of an access token is in the situation of a scenario. Default: the user's id; without a user, the client's. */
  subject?(context: RawContext): string | undefined;
  /** The vendor's own events, for example from a log; undefined if the vendor sends none. */
  readonly recordedEvents?: RecordedEvents;
  /**
   * What the issuer signs instead of the policy's decision, if `check` has announced a limitation; undefined: exactly
   * the policy's decision. Any other difference is a defect.
   */
  departs?(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined;
  /**
   * Runs the built artifacts on a vendor's event as the vendor would, and returns what would be signed.
   *
   * @throws {IssuerError} `event` if the vendor would not send such an event
   */
  simulate(compilation: Compilation, event: VendorEvent, surroundings: Surroundings): Promise<Issuance>;
  /** Facts of the built files that tokens do not show. Absent: none. */
  facts?(policy: Policy, compilation: Compilation): Promise<readonly Fact[]>;
  /**
   * Tokens that are signed although our part did not run. Absent if nothing in the build makes such tokens worthless.
   */
  readonly bypass?: Bypass;
}

/** Something that only some issuers can do. Its code is loaded on use. */
export interface Capability<Does> {
  /** A paragraph for `--help`: what it needs, and the settings that it reads from the environment. */
  readonly about: string;
  load(): Promise<Does>;
}

/** Hosts built files on this machine, as production does. */
export interface Server {
  /**
   * @returns undefined if this policy needs no server
   * @throws {IssuerError} `settings` if one is missing or wrong, `io` if the server cannot start
   */
  start(compilation: Compilation, options: ServerOptions): Promise<RunningServer | undefined>;
}

export interface ServerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: the setting PORT, else 8080. */
  readonly port?: string;
}

/** A server that answers until it is closed. */
export interface RunningServer {
  /** Where requests go, as a URL. */
  readonly address: string;
  /** A header that each request needs: its name, and its value if it was made up for this run. */
  readonly credential: { readonly header: string; readonly value: string | undefined };
  /** Serves other files from the next request on. */
  replace(compilation: Compilation): Promise<void>;
  /** Answers what is under way, and ends. */
  close(): Promise<void>;
}

/** A fact of the built files, and what it must be according to the spec. */
export interface Fact {
  readonly at: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What the vendor signs if our part of its pipeline did not run, and how such a token loses its authority. */
export interface Bypass {
  /** Completes "where …": `the hook is not called`. */
  readonly when: string;
  /**
   * What the spec promises about such a token; undefined if the policy has nothing that could be bypassed.
   *
   * @param audience that a client asks for
   */
  promised(policy: Policy, audience: string | undefined): Promised | undefined;
  /** Signs such a token, like {@link Simulator.simulate} but without our part. */
  readonly simulate: Simulator['simulate'];
}

/** A token that bypassed our part. If it has claims of the policy, their values must be those of the policy. */
export interface Promised {
  /** The policy marker's value; undefined: it has none. */
  readonly marker: string | undefined;
  /** The audiences. */
  readonly audiences: readonly string[];
  /** The longest lifetime; undefined: any. */
  readonly mostSeconds: number | undefined;
}

/** The vendor's events, as `simulate` accepts them. */
export interface RecordedEvents {
  /** How to recognize an event, to complete "this is not an event of …: ". */
  readonly look: string;
  /** By trigger, how to recognize its events. */
  readonly triggers: Readonly<Record<string, (event: VendorEvent['event']) => boolean>>;
}

/** Where a field of the identity context comes from at the triggers of an issuer. */
export interface Supply {
  /** `user.email`, `request.scopes`; `user.attributes` stands for all declared attributes. */
  readonly field: string;
  /** By trigger: where the vendor has the value, for people. */
  readonly from: Readonly<Record<string, SupplyOrigin>>;
  /** A list that the issuer always knows: it may be empty, but is never missing. */
  readonly always?: true;
  /** Lists that the issuer cannot store empty: an empty list is missing there. */
  readonly emptyIsMissing?: true;
  /**
   * The triggers at which the issuer does not supply the field although it exists, each with a reason in one sentence.
   */
  readonly untold?: { readonly isUntold: (context: RawContext) => boolean; readonly why: string };
}

/** Where a vendor has a value: a path in its event or model, or a description. */
export type SupplyOrigin =
  | {
      readonly path: string;
      /** Completes the path: `where the connection supplies it`. */
      readonly note?: string;
    }
  | { readonly words: string };

/** Dotted paths of the identity context, each with everything below it. */
export interface Lack {
  /** Fields that do not exist there, also for the policy: with client credentials there is no user. */
  readonly absent: readonly string[];
  /** Fields that may exist, but that the issuer does not supply. */
  readonly lost: readonly string[];
  /** How it treats an agent, if it does not recognize agents. */
  readonly agentsAre?: 'human' | 'machine';
  /** Why nobody acts for a user there, in one sentence, if a setting says it. */
  readonly whyNoActor?: string;
}

/** How a claim is made. */
export interface ClaimWay {
  /** In the issuer's own words, for people: `native claim`, `inline hook`, `user attribute mapper`. */
  readonly via: string;
  /** Why this way, in one sentence. */
  readonly why: string;
  /** Whether no token of the issuer has it. */
  readonly isLeftOut?: true;
}

/** What a policy decides in one issuance, with claims by their names in the spec. */
export interface Verdict extends Tokens {
  /** The reason if nothing is issued: {@link noTokens}. */
  readonly denied: string | undefined;
  /** What the user is asked for instead of a denial; nothing is issued. Absent: nothing. */
  readonly challenged?: string | undefined;
  /** Whether `applies` leaves the token as it was. */
  readonly left?: true | undefined;
}

/** What a client asked for, and where. */
export interface Asked {
  /** The vendor's name of what runs. */
  readonly trigger: string;
  /** The client's id. */
  readonly client: string | undefined;
  readonly scopes: readonly string[];
  /** All of the situation that the issuer can carry. */
  readonly context: RawContext;
}

/** An announced difference: a finding has reported it to the spec's author. */
export interface Departure {
  /**
   * The rule of the finding that announced it, and its place in the spec; undefined if the difference comes from the client's
   * request and not from the spec.
   */
  readonly rule: string;
  readonly path: Path | undefined;
  /** One sentence. */
  readonly why: string;
  readonly instead: Verdict;
  /**
   * Whether the spec itself makes services refuse such tokens: the tokens lack the audience of the API, or a claim that
   * services must require because of `missing: guard`. Also if the spec says that the policy is not in force for
   * them. Default false.
   */
  readonly isGuarded?: boolean;
}

/** The input with which the vendor calls our part of its pipeline. */
export interface VendorEvent {
  /** The vendor's name of what runs: `post-login`. */
  readonly trigger: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** The surroundings of a simulated issuance. It cannot reach anything else on the machine. */
export interface Surroundings {
  /** Answers the requests of the policy's sources. */
  readonly fetch: (
    url: string,
    init: {
      readonly signal?: AbortSignal;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | null;
    },
  ) => Promise<Response>;
  /** Answers a source that is not asked over HTTP. */
  readonly answer: (
    source: string,
    parameters?: Readonly<Record<string, string | number | boolean>>,
  ) => SourceAnswer;
  readonly secrets: Readonly<Record<string, string>>;
  /** Unix time in seconds at which the issuance starts. */
  readonly nowSeconds: number;
  /**
   * The running instance. Issuances with the same one share its state, such as a cache. Default: a separate one for
   * each.
   */
  readonly instance?: object;
}
