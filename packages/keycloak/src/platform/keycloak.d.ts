/*
 * The code that runs a policy inside Keycloak: ES5, for its engine (Nashorn). `npm run generate` cuts the files of this
 * folder into library.gen.ts, without the tags of their comments; a script contains the functions that it names.
 *
 * This file declares their input, including the parts of Java's and Keycloak's interfaces that they use. No Java value
 * gets into the policy directly: `text`, `number` and `truth` convert it.
 */

/* ---- What the generator writes beside them ---- */

/** The parts of a policy that the script applies. */
interface Policy {
  /** `<name>@<revision>`, for the log. */
  readonly name: string;
  readonly policy: string;
  readonly revision: string;
  /** The names of the realms that it may enrich tokens in. */
  readonly realms: string[];
  readonly marker: string | null;
  readonly markerClaim: string;
  readonly audience: string;
  /** The ids of the clients that it is for; null: all. */
  readonly clients: string[] | null;
  /** The clients whose tokens the policy only observes. Absent: none. */
  readonly observe?: true | { readonly clients?: string[]; readonly except?: string[] };
  readonly serviceAccounts: boolean;
  /** The scopes that it judges. */
  readonly scopes: string[];
  /** The deny rules that depend only on the user. */
  readonly ofUsers: string[];
  readonly deadlineMs: number;
  /** The claims that the script makes. */
  readonly own: string[];
  /** The claims that services grant on. */
  readonly granting: string[];
  /** The claims of userinfo answers that the script makes. Absent: none. */
  readonly userinfo?: string[];
  /** Claims of Keycloak's own mappers that it takes out. Absent: none. */
  readonly remove?: {
    readonly access?: string[];
    readonly id?: string[];
    readonly userinfo?: string[];
    readonly take: (names: string[] | undefined, signed: Record<string, unknown>) => void;
  };
  /** Keeps a decision for userinfo answers. Absent: the policy changes nothing there. */
  readonly kept?: {
    readonly keep: (policy: Policy, claims: Record<string, unknown> | null) => void;
    readonly answer: (policy: Policy) => void;
  };
  readonly all: string[];
  /** Who acts for the user, to be said in the access token. Absent: the policy does not depend on it. */
  readonly act?: () => unknown;
  /** The claims that mappers make: their names in tokens, by those in the spec. */
  readonly native: Record<string, string>;
  /** The digest that stands for the user in records. Absent: the spec has no key for it. */
  readonly subject?: () => string | undefined;
  readonly decide: (policy: Policy, answers: Record<string, Answer>) => Decision;
}

/** What a record tells of an issuance. */
interface Recorded {
  decision: Decision;
  readonly answers: Record<string, Answer>;
  /** Which part of the realm does not belong to the script. */
  misfit: string | undefined;
  isObserved?: boolean;
  readonly startMs: number;
}

/** `Program` of @claimsmith/runtime. */
declare var program: {
  context(raw: unknown): object;
  needs(context: object, answers: Record<string, Answer>): Need[];
  decide(context: object, answers: Record<string, Answer>): Decision;
};

interface Need {
  readonly source: string;
  readonly url: string;
  /** The body of a POST, as JSON. */
  readonly body?: string;
  /** Questions for the elements of a list, instead of one question. */
  readonly each?: Need[];
}

/** A request, settings filled in. */
interface Question {
  readonly url: string;
  readonly isPost: boolean;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

type Answer = { readonly value: unknown; readonly ageSeconds: number } | { readonly failure: string };

type Decision = Issued | Denied;

interface Issued {
  readonly left?: true;
  readonly denied?: undefined;
  readonly access: Record<string, unknown>;
  readonly id: Record<string, unknown>;
  readonly userinfo?: Record<string, unknown>;
  readonly scopes: { readonly add: string[]; readonly remove: string[] };
  readonly lifetimeSeconds?: number;
  readonly outcomes: Outcome[];
}

interface Denied {
  readonly left?: undefined;
  readonly denied: string;
  readonly outcomes: Outcome[];
}

interface Outcome {
  readonly kind: string;
  readonly name: string;
  readonly outcome: string;
  readonly cause?: string;
}

/** The identity context, as Keycloak gives it. */
declare function contextOf(): unknown;

declare var sources: Record<string, Source>;

/** How a source is asked. */
interface Source {
  /** Absent: GET. */
  readonly isPost?: boolean;
  /** Absent: it is asked without an access token. */
  readonly client?: Client;
  headers(setting: (name: string) => string): Record<string, string>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly limitBytes: number;
  readonly isPrivate: boolean;
}

/** A client of an authorization server, and its access token. */
interface Client {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly audience?: string;
  readonly inBody?: true;
  token?: string | undefined;
  /** Asks with the token. */
  ask(question: Question, source: Source, reach: Reach, untilMs: number): Reply;
}

/** The addresses that a source may reach. */
type Reach = 'public' | 'loopback' | 'private';

/** The result of one attempt to ask a source. `passing`: another attempt may succeed. */
type Reply =
  | {
      readonly value: unknown;
      readonly ageSeconds: number;
      readonly failure?: undefined;
      readonly passing?: undefined;
      readonly isRefused?: undefined;
    }
  /** `isRefused`: the source refuses our credential. */
  | { readonly failure: string; readonly passing?: boolean; readonly isRefused?: boolean };

/* ---- Java, as Nashorn shows it ---- */

declare var Java: {
  type<N extends keyof JavaTypes>(name: N): JavaTypes[N];
  type<N extends keyof Providers>(name: N): { readonly class: JavaClass<Providers[N]> };
  to(list: string[], type: 'java.lang.String[]'): JavaArray<JavaText>;
  extend<T>(type: JavaInterface<T>, methods: T): new () => T;
};

interface JavaClass<T> {
  cast(object: unknown): T;
}
interface JavaInterface<T> {
  readonly class: JavaClass<T>;
}
/** A Java text or number, of which only the text is known. */
interface JavaText {
  toString(): string;
}
interface JavaArray<T> {
  readonly length: number;
  readonly [index: number]: T;
}
type JavaBytes = JavaArray<number>;
interface JavaIterable<T> {
  iterator(): { hasNext(): boolean; next(): T };
}
interface JavaList<T> extends JavaIterable<T> {
  isEmpty(): boolean;
  get(index: number): T;
}
interface JavaMap<V> {
  get(key: JavaText | string): V;
  keySet(): JavaIterable<JavaText>;
  values(): JavaIterable<V>;
}

interface JavaTypes {
  'java.lang.Long': { valueOf(value: number): JavaText };
  'java.lang.Object': { readonly class: JavaClass<unknown> };
  'java.lang.System': { getenv(name: string): JavaText | null };
  'java.lang.Thread': { sleep(ms: number): void };
  'java.net.InetAddress': { getAllByName(host: string): JavaArray<InetAddress> };
  'java.net.SocketException': new () => object;
  'java.net.URI': new (text: string) => URI;
  'java.nio.ByteBuffer': { wrap(bytes: JavaBytes): object };
  'java.nio.charset.CharacterCodingException': new () => object;
  'java.nio.charset.StandardCharsets': {
    readonly UTF_8: {
      newDecoder(): { decode(buffer: object): JavaText };
      encode(characters: string): ByteBuffer;
    };
  };
  'java.util.Base64': {
    getUrlDecoder(): { decode(text: string): JavaBytes };
    getUrlEncoder(): { encodeToString(bytes: JavaBytes): JavaText };
  };
  'java.util.UUID': { randomUUID(): JavaText };
  'java.util.concurrent.FutureTask': new (work: () => string) => FutureTask;
  'java.util.concurrent.TimeUnit': { readonly MILLISECONDS: object };
  'java.util.concurrent.TimeoutException': new () => object;
  'javax.crypto.Mac': { getInstance(algorithm: string): Mac };
  'javax.crypto.spec.SecretKeySpec': new (
    bytes: JavaBytes,
    offset: number,
    length: number,
    algorithm: string,
  ) => object;
  'javax.net.ssl.SSLException': new () => object;
  'org.apache.http.HttpHost': new (
    address: InetAddress,
    host: string,
    port: number,
    scheme: string,
  ) => object;
  'org.apache.http.client.config.RequestConfig': {
    custom(): RequestConfigBuilder;
    copy(config: RequestConfig): RequestConfigBuilder;
  };
  'org.apache.http.client.methods.HttpGet': new (url: string) => HttpRequest;
  'org.apache.http.client.methods.HttpPost': new (url: string) => HttpPost;
  'org.apache.http.entity.StringEntity': new (text: string, charset: string) => object;
  'org.apache.http.conn.ConnectTimeoutException': new () => object;
  'org.jboss.logging.Logger': { getLogger(name: string): Logger };
  'org.keycloak.models.KeycloakTransaction': JavaInterface<KeycloakTransaction>;
  'org.keycloak.models.utils.KeycloakModelUtils': {
    resolveAttribute(user: UserModel, name: string, aggregate: boolean): JavaIterable<JavaText>;
    runJobInTransaction(factory: object, job: (session: KeycloakSession) => void): void;
  };
  'org.keycloak.models.utils.ModelToRepresentation': { buildGroupPath(group: GroupModel): JavaText };
  'org.keycloak.models.utils.RoleUtils': {
    getDeepUserRoleMappings(user: UserModel): JavaIterable<RoleModel>;
  };
  'org.keycloak.representations.AccessToken': new () => AccessToken;
  'org.keycloak.util.JsonSerialization': {
    readValue(json: string, type: JavaClass<unknown>): unknown;
    writeValueAsString(value: unknown): JavaText;
  };
}

interface Providers {
  /** Null if the feature is off. */
  'org.keycloak.organization.OrganizationProvider': OrganizationProvider | null;
  'org.keycloak.connections.httpclient.HttpClientProvider': { getHttpClient(): HttpClient };
  'org.keycloak.executors.ExecutorsProvider': { getExecutor(name: string): ThreadPoolExecutor };
}

interface InetAddress {
  getAddress(): JavaBytes;
}
interface URI {
  getHost(): JavaText | null;
  getUserInfo(): JavaText | null;
  getScheme(): JavaText | null;
  getPort(): JavaText;
}
/** Its array may be longer than its content. */
interface ByteBuffer {
  array(): JavaBytes;
  limit(): number;
}
interface Mac {
  init(key: object): void;
  update(bytes: ByteBuffer): void;
  doFinal(): JavaBytes;
}
interface FutureTask {
  get(timeout: number, unit: object): JavaText;
  cancel(interrupts: boolean): boolean;
}
interface ThreadPoolExecutor {
  execute(task: FutureTask): void;
  remove(task: FutureTask): boolean;
  getMaximumPoolSize(): number;
  setCorePoolSize(size: number): void;
  allowCoreThreadTimeOut(value: boolean): void;
}

/* ---- Apache's HTTP client ---- */

interface HttpClient {
  execute(target: object, request: HttpRequest): HttpResponse;
}
interface HttpRequest {
  getURI(): URI;
  getConfig(): RequestConfig;
  setConfig(config: RequestConfig): void;
  setHeader(name: string, value: string): void;
  abort(): void;
}
interface HttpPost extends HttpRequest {
  setEntity(entity: object): void;
}
interface HttpResponse {
  getStatusLine(): { getStatusCode(): JavaText };
  getFirstHeader(name: string): { getValue(): JavaText } | null;
  getEntity(): { getContent(): { readNBytes(count: number): JavaBytes } } | null;
  close(): void;
}
interface RequestConfig {
  getConnectTimeout(): JavaText;
}
interface RequestConfigBuilder {
  setConnectionRequestTimeout(ms: number): RequestConfigBuilder;
  setConnectTimeout(ms: number): RequestConfigBuilder;
  setSocketTimeout(ms: number): RequestConfigBuilder;
  setRedirectsEnabled(value: boolean): RequestConfigBuilder;
  build(): RequestConfig;
}
interface Logger {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/* ---- Keycloak: @see https://www.keycloak.org/docs-api/latest/javadocs/ ---- */

declare var user: UserModel;
declare var realm: RealmModel;
/** An ID token has less; see `isAccessToken`. */
declare var token: AccessToken;
declare var userSession: UserSessionModel;
declare var keycloakSession: KeycloakSession;

interface UserModel {
  getId(): JavaText;
  getFirstName(): JavaText | null;
  getLastName(): JavaText | null;
  getServiceAccountClientLink(): JavaText | null;
  getGroupsStream(): JavaIterable<GroupModel>;
}
interface LinkedIdentity {
  readonly provider: string | undefined;
  readonly connection: string;
  readonly id: string;
}
interface FederatedIdentityModel {
  /** The alias of the identity provider. */
  getIdentityProvider(): JavaText;
  getUserId(): JavaText;
}
interface GroupModel {
  getName(): JavaText;
}
interface RoleModel {
  getAttributeStream(name: string): JavaIterable<JavaText>;
  getName(): JavaText;
  isClientRole(): boolean;
  /** The client, of a client role. */
  getContainer(): ClientModel;
}
interface RealmModel {
  getClientByClientId(clientId: string): ClientModel | null;
  getId(): JavaText;
  getName(): JavaText;
}
interface ClientModel {
  isPublicClient(): boolean;
  /** The id of the only authenticator that accepts the client, unless it is public. */
  getClientAuthenticatorType(): JavaText | null;
  getAttribute(name: string): JavaText | null;
  getId(): JavaText;
  getClientId(): JavaText;
  /** @param isDefault whether a client always has them, or may ask for them */
  getClientScopes(isDefault: boolean): JavaMap<ClientScopeModel>;
}
interface ClientScopeModel {
  getName(): JavaText;
  getAttribute(name: string): JavaText | null;
}
interface OrganizationProvider {
  isEnabled(): boolean;
  getByMember(member: UserModel): JavaIterable<OrganizationModel>;
}
interface OrganizationModel {
  getAlias(): JavaText;
  isEnabled(): boolean;
  getAttributes(): JavaMap<JavaIterable<JavaText> | null>;
}
interface AccessToken {
  getId(): JavaText;
  getIat(): JavaText;
  getExp(): JavaText | null;
  exp(seconds: JavaText): void;
  getAudience(): JavaArray<JavaText> | null;
  /** Replaces all; without arguments, removes all. */
  audience(audience?: JavaArray<JavaText>): void;
  addAudience(audience: string): void;
  getScope(): JavaText | null;
  setScope(scope: string): void;
  getOtherClaims(): { get(name: string): unknown; remove(name: string): void; clear(): void };
  setOtherClaims(name: string, value: unknown): void;
  setRealmAccess(access: null): void;
  setResourceAccess(access: null): void;
  setAllowedOrigins(origins: null): void;
}
interface UserSessionModel {
  getNote(name: string): JavaText | null;
  getId(): JavaText;
  isOffline(): boolean;
  getAuthenticatedClientSessionByClient(clientId: JavaText): AuthenticatedClientSessionModel | null;
}
interface AuthenticatedClientSessionModel {
  getNote(name: string): JavaText | null;
  getNotes(): JavaMap<JavaText>;
  setNote(name: string, value: string): void;
  detachFromUserSession(): void;
}
interface UserSessionProvider {
  getUserSession(realm: RealmModel, id: JavaText): UserSessionModel | null;
  getOfflineUserSession(realm: RealmModel, id: JavaText): UserSessionModel | null;
  removeUserSession(realm: RealmModel, session: UserSessionModel): void;
  removeOfflineUserSession(realm: RealmModel, session: UserSessionModel): void;
}
interface KeycloakSession {
  getContext(): KeycloakContext;
  getProvider<T>(type: JavaClass<T>): T;
  getAttribute(name: string): JavaText | null;
  setAttribute(name: string, value: string): void;
  sessions(): UserSessionProvider;
  users(): {
    getFederatedIdentitiesStream(of: RealmModel, user: UserModel): JavaIterable<FederatedIdentityModel>;
  };
  identityProviders(): { getByAlias(alias: string): { getProviderId(): JavaText } | null };
  realms(): { getRealm(id: JavaText): RealmModel };
  getKeycloakSessionFactory(): object;
  getTransactionManager(): { enlistAfterCompletion(transaction: KeycloakTransaction): void };
}
interface KeycloakContext {
  getClient(): ClientModel;
  setRealm(realm: RealmModel): void;
  getUri(): { getPath(): string };
  getRequestHeaders(): { getHeaderString(name: string): JavaText | null };
  getHttpRequest(): { getDecodedFormParameters(): MultivaluedMap | null };
}
interface MultivaluedMap extends JavaMap<JavaList<JavaText>> {
  getFirst(name: string): JavaText | null;
}
interface KeycloakTransaction {
  begin(): void;
  commit(): void;
  rollback(): void;
  setRollbackOnly(): void;
  getRollbackOnly(): boolean;
  isActive(): boolean;
}
