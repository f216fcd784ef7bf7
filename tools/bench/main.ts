/** `npm run bench`: every ratio that Claimsmith promises, measured in one run, with its bound. */
import { availableParallelism, cpus } from 'node:os';
import { benchAuth0 } from './auth0.ts';
import { benchCli } from './cli.ts';
import { benchCognito, formatCognito } from './cognito.ts';
import { benchExpressions, formatExpressions } from './expressions.ts';
import { benchGateway } from './gateway.ts';
import { benchGrowth } from './growth.ts';
import { benchGuard } from './guard.ts';
import { benchHook, coldStartLimitMs, loadedLimitMB, residentLimitMB } from './hook.ts';
import { benchKeycloak } from './keycloak.ts';
import { benchLookups } from './lookups.ts';

interface Promised {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly isKept: boolean;
}

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
);

console.log('\nExpressions, time per evaluation');
const expressions = benchExpressions();
console.log(formatExpressions(expressions));

console.log('\nThe post-login Action of examples/payments, time per login');
const auth0 = await benchAuth0();
for (const { name, handWrittenUs, builtUs, ratio } of auth0.rows) {
  const times = `${handWrittenUs.toFixed(1).padStart(8)} µs hand${builtUs.toFixed(1).padStart(8)} µs built`;
  console.log(`${times}${ratio.toFixed(2).padStart(7)}x  ${name}`);
}

console.log('\nThe function for Cognito, processor time per call, wall time per start');
const cognito = await benchCognito();
console.log(formatCognito(cognito));

console.log('\nThe command, wall time');
const cli = benchCli();
for (const { what, bestMs, medianMs, ratio } of cli) {
  const times = `${medianMs.toFixed(0).padStart(8)} ms median${bestMs.toFixed(0).padStart(6)} ms best`;
  console.log(`${times}${ratio.toFixed(2).padStart(7)}x  ${what}`);
}

console.log('\nHow a decision grows, time each');
for (const { what, size, us, ratio } of benchGrowth()) {
  console.log(`${us.toFixed(2).padStart(8)} µs${ratio.toFixed(1).padStart(8)}x  ${size} ${what}`);
}

console.log("\nOkta's hook server, requests a second of processor time");
const hook = await benchHook();
for (const { what, perSecond } of hook.rates) {
  console.log(`${Math.round(perSecond).toLocaleString('en').padStart(8)}  ${what}`);
}

console.log("\nThe gateway's server, requests a second of processor time");
const gateway = await benchGateway();
for (const { what, perSecond } of gateway.rates) {
  console.log(`${Math.round(perSecond).toLocaleString('en').padStart(8)}  ${what}`);
}

console.log('\nKeycloak, tokens a second by direct grant');
const keycloak = await benchKeycloak();
if (!keycloak.ok) console.log(`skipped: ${keycloak.reason}`);
else {
  for (const { name, tokensPerSecond, msPerToken } of keycloak.rows) {
    console.log(`${tokensPerSecond.toFixed(1).padStart(8)}  ${msPerToken.toFixed(1)} ms each  ${name}`);
  }
  const { claims, of } = keycloak.native;
  console.log(`${keycloak.scriptMs.toFixed(1).padStart(8)} ms a token for the policy script`);
  console.log(`${String(claims).padStart(8)} of ${of} claims of the examples are made by mappers alone`);
}

console.log('\nThe guard, processor time each');
const guard = await benchGuard();
console.log(`${guard.plainUs.toFixed(1).padStart(8)} µs  a token by jose alone`);
console.log(`${guard.guardUs.toFixed(1).padStart(8)} µs  a token by the guard`);
console.log(`${guard.hitUs.toFixed(1).padStart(8)} µs  a token that the guard remembers`);
const lookups = await benchLookups();
console.log(`${lookups.cachedUs.toFixed(1).padStart(8)} µs  a look-up with the answer in the cache`);
console.log(`${lookups.withoutSourceUs.toFixed(1).padStart(8)} µs  a look-up that asks no source`);

const promised: readonly Promised[] = [
  atMost('generated expressions, geometric mean against hand-written', expressions.generatedRatio, 1.25, 'x'),
  ...auth0.rows.map(({ name, ratio, boundRatio }) =>
    atMost(`Action against hand-written, ${name}`, ratio, boundRatio, 'x'),
  ),
  atMost("Cognito's function against hand-written, a call", cognito.call.ratio, 1.2, 'x'),
  atMost("Cognito's function against hand-written, a start", cognito.start.ratio, 1.2, 'x'),
  atMost('Action, minified', auth0.minifiedBytes / 1000, 12, ' kB'),
  ...cli.flatMap(({ what, ratio, boundRatio }) =>
    boundRatio === undefined
      ? []
      : [atMost(`${what}, against an empty node process`, ratio, boundRatio, 'x')],
  ),
  ...cli.flatMap(({ what, bestMs, boundMs }) =>
    boundMs === undefined ? [] : [atMost(`${what}, the fastest run`, bestMs, boundMs, ' ms')],
  ),
  ...hook.ratios.map(({ what, ratio, atLeast: bound }) => atLeast(what, ratio, bound)),
  atMost('hook server, start to first answer', hook.coldStartMs, coldStartLimitMs, ' ms'),
  atMost('hook server, resident after its first answers', hook.residentMB, residentLimitMB, ' MB'),
  atMost('hook server, resident after load', hook.loadedMB, loadedLimitMB, ' MB'),
  atLeast('gateway, against a server that lets everything through', gateway.ratio, 0.6),
  atMost('guard, against plain jwtVerify', guard.ratio, 1.1, 'x'),
  atMost('guard, a token that it remembers', guard.hitUs, 10, ' µs'),
  atMost('guard, a look-up with the answer in the cache', lookups.cachedUs, 15, ' µs'),
  ...(keycloak.ok
    ? [atLeast('compiled realm against hand-made mappers', keycloak.ratio, keycloak.boundRatio)]
    : []),
];
console.log('\nPromised');
for (const { what, measured, bound, isKept } of promised) {
  console.log(`${isKept ? '✓' : '✗'} ${measured.padStart(9)}  ${bound.padEnd(16)} ${what}`);
}

function atMost(what: string, measured: number, bound: number, unit: string): Promised {
  const digits = unit === ' ms' || unit === ' MB' ? 0 : 2;
  return {
    what,
    measured: `${measured.toFixed(digits)}${unit}`,
    bound: `at most ${bound}${unit}`,
    isKept: measured <= bound,
  };
}

function atLeast(what: string, measured: number, bound: number): Promised {
  return {
    what,
    measured: `${measured.toFixed(2)}x`,
    bound: `at least ${bound}x`,
    isKept: measured >= bound,
  };
}
