import type { z } from 'zod';
import type { RawContext } from './context.ts';
import type { Finding, Path } from './finding.ts';
import type { Policy } from './policy.ts';
import type { SourceAnswer } from './scenario/types.ts';

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
  /** Says what of the policy does not work at this issuer. Pure and quick: `claimsmith check` runs it. */
  check(policy: Policy): readonly Finding[];
  /** Turns the policy into the files to deploy; without findings of error severity they are ready to ship. */
  compile(policy: Policy): Promise<Compilation>;
  readonly model: Model;
  readonly simulator: Simulator;
  /** Hosts the built files; left out by an issuer that runs them itself. */
  readonly serve?: Capability<Server>;
  /** Asks a running issuer for tokens; left out where no issuer can be asked. */
  readonly live?: Capability<Live>;
}

/** Settings of an issuer as YAML on one line: `{ guard: [sentinel] }`, with a comment for who reads them first. */
export interface Starter {
  readonly settings: string;
  readonly comment?: string;
}

/** What an issuer knows, and how it makes claims. */
export interface Model {
  /** Says of each field of the identity context where the issuer takes it from, by trigger; a field left out cannot be supplied. */
  readonly supplies: readonly Supply[];
  /** The fields that it does not supply where it runs a trigger, by the policy's settings. */
  lacks(policy: Policy, trigger: string): Lack;
  /** False where nothing that a source has answered is kept: what `cache` says has no effect there. Default: true. */
  readonly caches?: boolean;
  /** How each claim comes about, by its name in the spec, where the issuer has more than one way to make claims. */
  ways?(policy: Policy): Readonly<Record<string, ClaimWay>>;
  /**
   * The audience of its access tokens, by what a client asks for; undefined: they have none. An issuer without this
   * function gives the one that is asked for.
   */
  audience?(policy: Policy, asked: string | undefined): string | undefined;
}

/** Runs the built files on this machine, as the vendor would. */
export interface Simulator {
  /** Turns a scenario's identity context into the vendor's event, as the vendor would send it. */
  eventFrom(context: RawContext, policy: Policy): VendorEvent;
  /**
   * A scenario's identity context as the issuer can hold it, in the issuer's own order and types: what it cannot hold is not
   * there. Default: as it is. What it does not supply at all is not its affair.
   */
  holds?(context: RawContext, policy: Policy): RawContext;
  /** The vendor's own events, which somebody may have kept; undefined where it calls nothing with any. */
  readonly recordedEvents?: RecordedEvents;
  /**
   * What the issuer signs instead, where `check` has said that it cannot do as the policy decides; undefined: just that.
   * Whatever differs beyond it is a defect.
   */
  departs?(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined;
  /**
   * Runs the built artifacts on a vendor's event as the vendor would, and returns what would be signed.
   *
   * @throws {IssuerError} `event` for one that the vendor would not send
   */
  simulate(compilation: Compilation, event: VendorEvent, surroundings: Surroundings): Promise<Issuance>;
  /** What the built files say that no token shows. Left out: nothing. */
  facts?(policy: Policy, compilation: Compilation): Promise<readonly Fact[]>;
  /** Tokens that are signed although our part is not asked; left out where nothing is built to make these worthless. */
  readonly bypass?: Bypass;
}

/** Something that only some issuers can do. Its code loads when it is used. */
export interface Capability<Does> {
  /** A paragraph for `--help`: what it needs, and the settings that it reads from the environment. */
  readonly about: string;
  load(): Promise<Does>;
}

/** Hosts built files on this machine, as production does. */
export interface Server {
  /**
   * @returns undefined where the issuer needs nothing hosted for this policy
   * @throws {IssuerError} `settings` for one that is missing or wrong, `io` where it cannot start
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
  /** A header that each request needs: its name, and its value where it was made up for this run. */
  readonly credential: { readonly header: string; readonly value: string | undefined };
  /** Serves other files from the next request on. */
  replace(compilation: Compilation): Promise<void>;
  /** Answers what is under way, and ends. */
  close(): Promise<void>;
}

/** Asks a running issuer, and changes nothing there. */
export interface Live {
  /** @throws {IssuerError} `settings` without a login, `io` where the issuer says nothing */
  ask(policy: Policy, question: LiveQuestion): Promise<LiveAnswer>;
}

export interface LiveQuestion {
  readonly url: string;
  readonly user: string;
  readonly client: string;
  readonly scopes: readonly string[];
  /** Where the login comes from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LiveAnswer {
  /** Of the token only what the policy writes. */
  readonly issuance: Issuance;
  /** Claims of the policy that others write there too. */
  readonly collisions: readonly { readonly claim: string; readonly writers: readonly string[] }[];
}

/** Something that built files say, and what they are to say by the spec and its settings. */
export interface Fact {
  readonly at: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What the vendor signs where our part of its pipeline is not asked, and what makes it worthless. */
export interface Bypass {
  /** Completes "where …": `the hook is not called`. */
  readonly when: string;
  /**
   * What the spec promises of such a token; undefined where it needs nothing that could be passed by.
   *
   * @param audience that a client asks for
   */
  promised(policy: Policy, audience: string | undefined): Promised | undefined;
  /** Signs one: as {@link Simulator.simulate}, with nobody there to answer. */
  readonly simulate: Simulator['simulate'];
}

/** What a token is that our part has not seen. Of the policy's claims it has none but those that the policy decides. */
export interface Promised {
  /** The policy marker's value; undefined: it has none. */
  readonly marker: string | undefined;
  /** Whom it is for. */
  readonly audiences: readonly string[];
  /** The longest life; undefined: any. */
  readonly mostSeconds: number | undefined;
}

/** What the vendor calls our code with, as `simulate` takes it. */
export interface RecordedEvents {
  /** How to recognize an event, to complete "this is not an event of …: ". */
  readonly look: string;
  /** By trigger, what tells its events from those of the others. */
  readonly triggers: Readonly<Record<string, (event: VendorEvent['event']) => boolean>>;
}

/** Where one field of the identity context comes from at one trigger of an issuer. */
export interface Supply {
  /** `user.email`, `request.scopes`; `user.attributes` stands for all declared attributes. */
  readonly field: string;
  /** By trigger: the vendor's own name of the value, for people. */
  readonly from: Readonly<Record<string, string>>;
  /** A list that the issuer always knows of a user: where there is nothing, it is empty and never missing. */
  readonly always?: true;
  /** Lists that the issuer cannot hold empty: one that is, is missing there. */
  readonly emptyIsMissing?: true;
  /** Where the issuer does not tell it though the trigger has it, and why, in one sentence. */
  readonly untold?: { readonly isUntold: (context: RawContext) => boolean; readonly why: string };
}

/** Dotted paths of the identity context, each with all below it. */
export interface Lack {
  /** What nobody has there, by the policy either: no user logs in with client credentials. */
  readonly absent: readonly string[];
  /** What there may be, and the issuer does not tell. */
  readonly lost: readonly string[];
  /** What it takes an agent for, where it knows none. */
  readonly agentsAre?: 'human' | 'machine';
}

/** How a claim is made. */
export interface ClaimWay {
  /** In the issuer's own words, for people: `native claim`, `inline hook`, `user attribute mapper`. */
  readonly via: string;
  /** Why this way, in one sentence. */
  readonly why: string;
}

/** What tokens say, as far as a policy decides it, and how far the access token reaches. */
export interface Tokens {
  /** Claims by name. */
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  /** All that the access token carries. */
  readonly scopes: readonly string[];
  /** Whom the access token is for; empty: nobody that we know of. */
  readonly audiences: readonly string[];
  /** How long the access token lives; undefined: neither the policy nor what is built from it says so. */
  readonly lifetimeSeconds: number | undefined;
}

/** What is issued where an issuance is denied. */
export const noTokens: Tokens = { access: {}, id: {}, scopes: [], audiences: [], lifetimeSeconds: undefined };

/** What a policy decides on one issuance, its claims under their names in the spec. */
export interface Verdict extends Tokens {
  /** The reason, where nothing is issued: {@link noTokens}. */
  readonly denied: string | undefined;
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

/** A difference between issuers that the spec's author has been told of. */
export interface Departure {
  /**
   * The rule of the finding that said so, and the place in the spec that it stands at; undefined: nothing in the spec
   * makes the difference, but what the client asked for.
   */
  readonly rule: string;
  readonly path: Path | undefined;
  /** One sentence. */
  readonly why: string;
  readonly instead: Verdict;
  /**
   * Whether the spec says itself that services refuse such tokens: they lack the audience of the API, or a claim that
   * `missing: guard` has services require. Default false.
   */
  readonly isGuarded?: boolean;
}

/** A file to deploy. */
export interface Artifact {
  /** Relative to the issuer's output folder, with forward slashes. */
  readonly path: string;
  /** Text, or where `encoding` says so a binary file in Base64. */
  readonly content: string;
  readonly encoding?: 'base64';
}

/** What an issuer makes of a policy. The files are for use only where no finding is an error. */
export interface Compilation {
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

/** What the vendor calls our part of its pipeline with. */
export interface VendorEvent {
  /** The vendor's name of what runs: `post-login`. */
  readonly trigger: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** What surrounds a simulated issuance. Nothing else of the machine is reachable from it. */
export interface Surroundings {
  /** Answers the requests of the policy's sources. */
  readonly fetch: (url: string, init: { readonly signal?: AbortSignal }) => Promise<Response>;
  /** Answers a source that is not asked over HTTP. */
  readonly answer: (source: string) => SourceAnswer;
  readonly secrets: Readonly<Record<string, string>>;
  /** Unix time in seconds at which the issuance starts. */
  readonly nowSeconds: number;
  /** Stands for one running instance: issuances with the same one share what it keeps. Default: one of their own. */
  readonly instance?: object;
}

/** A question of what is built to a source, as the source gets it. */
export interface SourceRequest {
  /**
   * Its parts by name, settings filled in: `method`, `url`, `header authorization`; `connection`, `query`; `table`;
   * `parameter id`.
   */
  readonly said: Readonly<Record<string, unknown>>;
  /** How long it was waited for an answer that did not come, in virtual milliseconds; undefined where one came. */
  readonly waitedMs: number | undefined;
}

/** What an issuer signed, as far as our part of the pipeline decides it, or why it did not: {@link noTokens}. */
export interface Issuance extends Tokens {
  readonly denied: { readonly error: string; readonly description: string } | undefined;
  /** What the vendor did that the author may not expect: a claim dropped, a limit hit. One sentence each. */
  readonly notes: readonly string[];
  /** What was asked, in the order of asking. */
  readonly requests: readonly SourceRequest[];
  /** Lines that the artifact wrote to the vendor's log. */
  readonly log: readonly string[];
  /** Virtual time the issuance took: clocks in a simulation do not wait. */
  readonly elapsedMs: number;
}
