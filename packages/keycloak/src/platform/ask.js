/**
 * Asks for JSON, with retries that fit before the deadline. A failure is an answer too.
 * @type {(need: Need, source: Source, endMs: number) => Answer}
 */
function askSource(need, source, endMs) {
  var url;
  var headers;
  try {
    url = filled(need.url);
    headers = source.headers(setting);
  } catch (_error) {
    return { failure: 'setting' };
  }
  if (!mayAsk(url)) return { failure: 'address' };
  var question = { url: url, isPost: source.isPost === true, headers: headers, body: need.body };
  var reach = reachOf(need.url, source);
  for (var retry = 0; ; retry++) {
    var untilMs = Math.min(Date.now() + source.timeoutMs, endMs);
    var reply = source.client
      ? source.client.ask(question, source, reach, untilMs)
      : attempt(question, source, reach, untilMs);
    if (!reply.passing || retry >= source.retries) break;
    var backOffMs = [50, 100, 200, 400][Math.min(retry, 3)] * (0.5 + Math.random() / 2);
    if (Date.now() + backOffMs + source.timeoutMs > endMs) break;
    Java.type('java.lang.Thread').sleep(Math.ceil(backOffMs));
  }
  return reply.failure === undefined
    ? { value: reply.value, ageSeconds: reply.ageSeconds }
    : { failure: reply.failure };
}

/**
 * Asks once for each element of a list, until one fails: the answers in a list, as old as the oldest.
 * @type {(needs: Need[], source: Source, endMs: number) => Answer}
 */
function askEach(needs, source, endMs) {
  /** @type {unknown[]} */
  var values = [];
  var ageSeconds = 0;
  for (var i = 0; i < needs.length; i++) {
    var answer = askSource(needs[i], source, endMs);
    if ('failure' in answer) return answer;
    values.push(answer.value);
    ageSeconds = Math.max(ageSeconds, answer.ageSeconds);
  }
  return { value: { answers: values }, ageSeconds: ageSeconds };
}

/**
 * Asks with an access token by client credentials, both in the time of one attempt. A token serves for this run of the
 * script; a kept one that the source refuses is replaced once.
 * @this {Client}
 * @param {Question} question
 * @param {Source} source
 * @param {Reach} reach
 * @param {number} untilMs
 * @returns {Reply}
 */
function askAuthorized(question, source, reach, untilMs) {
  for (;;) {
    var isKept = this.token !== undefined;
    var failure = isKept ? undefined : getToken(this, source, untilMs);
    if (failure) return failure;
    question.headers.authorization = 'Bearer ' + this.token;
    var reply = attempt(question, source, reach, untilMs);
    if (!reply.isRefused || !isKept) return reply;
    this.token = undefined;
  }
}

/**
 * Gets an access token into `client`, or returns why there is none.
 * @type {(client: Client, source: Source, untilMs: number) => Reply | undefined}
 */
function getToken(client, source, untilMs) {
  var question;
  try {
    question = tokenQuestion(client);
  } catch (_error) {
    return { failure: 'setting' };
  }
  if (!mayAsk(question.url)) return { failure: 'address' };
  var reply = attempt(question, { limitBytes: 64000 }, reachOf(client.tokenUrl, source), untilMs);
  if (reply.failure !== undefined) {
    var isOther = reply.failure === 'timeout' || reply.failure === 'address';
    return { failure: isOther ? reply.failure : 'token', passing: reply.passing };
  }
  var answer = Object(reply.value);
  var type = answer.token_type;
  var isBearer = type === undefined || (typeof type === 'string' && /^bearer$/i.test(type));
  // RFC 6750, section 2.1: other characters could end the header.
  var isToken = typeof answer.access_token === 'string' && /^[\w.~+/-]+=*$/.test(answer.access_token);
  if (!isBearer || !isToken || answer.access_token.length > 16384) return { failure: 'token' };
  client.token = answer.access_token;
  return undefined;
}

/** @type {(client: Client) => Question} */
function tokenQuestion(client) {
  var id = encodeURIComponent(filled(client.clientId));
  var secret = encodeURIComponent(filled(client.clientSecret));
  var body = 'grant_type=client_credentials';
  if (client.scope !== undefined) body += '&scope=' + encodeURIComponent(filled(client.scope));
  if (client.audience !== undefined) body += '&audience=' + encodeURIComponent(filled(client.audience));
  /** @type {Record<string, string>} */
  var headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  if (client.inBody) body += '&client_id=' + id + '&client_secret=' + secret;
  else headers.authorization = 'Basic ' + base64(id + ':' + secret);
  return { url: filled(client.tokenUrl), isPost: true, headers: headers, body: body };
}

/**
 * Base64 of ASCII.
 * @type {(text: string) => string}
 */
function base64(text) {
  var digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  var encoded = '';
  for (var i = 0; i < text.length; i += 3) {
    var left = text.length - i;
    var bits =
      (text.charCodeAt(i) << 16) |
      ((left > 1 ? text.charCodeAt(i + 1) : 0) << 8) |
      (left > 2 ? text.charCodeAt(i + 2) : 0);
    encoded +=
      digits.charAt(bits >> 18) +
      digits.charAt((bits >> 12) & 63) +
      (left > 1 ? digits.charAt((bits >> 6) & 63) : '=') +
      (left > 2 ? digits.charAt(bits & 63) : '=');
  }
  return encoded;
}

/**
 * One request, on another thread: only that limits the whole time, even if a server sends a byte now and then or a name
 * does not resolve. This thread waits meanwhile, so that they never run at the same time.
 * @type {(question: Question, source: { limitBytes: number }, reach: Reach, untilMs: number) => Reply}
 */
function attempt(question, source, reach, untilMs) {
  var timeoutMs = untilMs - Date.now();
  if (!(timeoutMs > 0)) return { failure: 'timeout' };
  /** @type {HttpRequest | undefined} */
  var request;
  /** @type {FutureTask | undefined} */
  var task;
  /** @type {ThreadPoolExecutor | undefined} */
  var threads;
  var reply;
  try {
    var asked = requestOf(question, Math.ceil(timeoutMs));
    request = asked;
    var http = providerOf('org.keycloak.connections.httpclient.HttpClientProvider').getHttpClient();
    task = new (Java.type('java.util.concurrent.FutureTask'))(function () {
      return exchange(http, asked, reach, source.limitBytes);
    });
    threads = threadPool();
    threads.execute(task);
    reply = String(task.get(Math.ceil(timeoutMs), Java.type('java.util.concurrent.TimeUnit').MILLISECONDS));
  } catch (error) {
    if (request) request.abort();
    if (task) task.cancel(true);
    if (task && threads) threads.remove(task);
    var isLate = error instanceof Java.type('java.util.concurrent.TimeoutException');
    return { failure: isLate ? 'timeout' : 'network', passing: true };
  }
  return replyOf(reply, question.isPost);
}

/**
 * Keycloak's own pool, with at most 64 threads. A thread that waits for name resolution cannot be ended, so without a
 * pool each request could leave one behind. The pool queues tasks and does not grow beyond its core size.
 * @type {() => ThreadPoolExecutor}
 */
function threadPool() {
  var pool = providerOf('org.keycloak.executors.ExecutorsProvider').getExecutor('claimsmith');
  pool.setCorePoolSize(pool.getMaximumPoolSize());
  pool.allowCoreThreadTimeOut(true);
  return pool;
}

/** @type {(question: Question, timeoutMs: number) => HttpRequest} */
function requestOf(question, timeoutMs) {
  var request = question.isPost
    ? postOf(question)
    : new (Java.type('org.apache.http.client.methods.HttpGet'))(question.url);
  request.setConfig(
    Java.type('org.apache.http.client.config.RequestConfig')
      .custom()
      .setConnectionRequestTimeout(timeoutMs)
      .setConnectTimeout(timeoutMs)
      .setSocketTimeout(timeoutMs)
      .setRedirectsEnabled(false)
      .build()
  );
  Object.keys(question.headers).forEach(function (name) {
    request.setHeader(name, question.headers[name]);
  });
  return request;
}

/** @type {(question: Question) => HttpRequest} */
function postOf(question) {
  var request = new (Java.type('org.apache.http.client.methods.HttpPost'))(question.url);
  if (question.body !== undefined) {
    var StringEntity = Java.type('org.apache.http.entity.StringEntity');
    request.setEntity(new StringEntity(question.body, 'UTF-8'));
  }
  return request;
}

/**
 * Runs on the other thread. Returns text, the safest thing to pass between threads.
 * @type {(http: HttpClient, request: HttpRequest, reach: Reach, limitBytes: number) => string}
 */
function exchange(http, request, reach, limitBytes) {
  var response = responseOf(http, request, reach);
  if (response === null) return 'address';
  try {
    var status = number(response.getStatusLine().getStatusCode());
    if (status !== 200) return 'status ' + status;
    var age = response.getFirstHeader('age');
    var entity = response.getEntity();
    if (entity === null) return 'malformed';
    var bytes = entity.getContent().readNBytes(limitBytes + 1);
    if (bytes.length > limitBytes) return 'too_large';
    return 'body ' + (age === null ? '0' : text(age.getValue())) + '\n' + utf8(bytes);
  } catch (error) {
    if (error instanceof Java.type('java.nio.charset.CharacterCodingException')) return 'malformed';
    throw error;
  } finally {
    response.close();
  }
}

/** @type {(reply: string, isPost: boolean) => Reply} */
function replyOf(reply, isPost) {
  var status = /^status ([0-9]+)$/.exec(reply);
  if (status) {
    var isRefused = status[1] === '401' || status[1] === '407';
    return {
      failure: 'status',
      passing: Number(status[1]) >= 500 || status[1] === '429',
      isRefused: isRefused
    };
  }
  var head = /^body (.*)\n/.exec(reply);
  if (!head) return { failure: reply };
  try {
    var value = JSON.parse(reply.slice(head[0].length));
    if (isPost && hasErrors(value)) return { failure: 'status' };
    return {
      value: value,
      ageSeconds: Number(head[1]) > 0 ? Number(head[1]) : 0
    };
  } catch (_error) {
    return { failure: 'malformed' };
  }
}

/**
 * Whether an answer says that it is not whole: GraphQL gives `errors` beside `data`, with status 200.
 * @type {(value: unknown) => boolean}
 */
function hasErrors(value) {
  if (typeof value !== 'object' || value === null || !has(value, 'errors')) return false;
  var errors = /** @type {{ errors: unknown }} */ (value).errors;
  return Array.isArray(errors) ? errors.length > 0 : errors !== null;
}

/** @type {(address: string) => string} */
function filled(address) {
  return address.replace(/\$\{([^{}]*)\}/g, function (_whole, name) {
    return setting(name);
  });
}

/**
 * The value of `${NAME}` from the server's environment, only for names that it lists: it also holds the server's own
 * passwords.
 * @type {(name: string) => string}
 */
function setting(name) {
  var environment = Java.type('java.lang.System');
  var listed = (text(environment.getenv('CLAIMSMITH_SETTINGS')) || '').split(/[\s,]+/);
  if (listed.indexOf(name) < 0) throw new TypeError('setting');
  var value = text(environment.getenv(name));
  // Printable ASCII: a line break could add a header.
  if (value !== undefined && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new TypeError('setting');
}

/**
 * The settings that are there, for what the policy computes with them.
 * @type {(names: string[]) => Record<string, string>}
 */
function keysNamed(names) {
  /** @type {Record<string, string>} */
  var found = {};
  names.forEach(function (name) {
    try {
      found[name] = setting(name);
    } catch (_error) {
      // Without a key there is no value.
    }
  });
  return found;
}
