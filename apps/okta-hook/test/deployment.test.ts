import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const app = fileURLToPath(new URL('..', import.meta.url));

function read(name: string): string {
  return readFileSync(`${app}${name}`, 'utf8');
}

test('the image holds what there is, runs as nobody special and starts the bundle', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const told = (instruction: string) =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1));
  const copied = told('COPY').map((line) => line.split(' ')[0] ?? '');
  // The bundle is there after a build; what makes it always is.
  expect(copied).toEqual(['apps/okta-hook/package.json', 'apps/okta-hook/dist/bundle']);
  expect(existsSync(`${root}${copied[0]}`)).toBe(true);
  expect(read('build.ts')).toContain('dist/bundle');
  expect(JSON.parse(read('package.json')).type).toBe('module');
  expect(told('USER')).toEqual(['node']);
  expect(told('FROM')).toEqual(['node:24-slim']);
  expect(JSON.parse(told('CMD')[0] ?? '')).toContain('main.js');
  expect(lines.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
    lines.findIndex((line) => line.startsWith('CMD')),
  );
});

test('the manifest asks for what a hook needs that must not be missing', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'), { uniqueKeys: true });
  if (!Array.isArray(documents)) throw new Error('no documents');
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  const objects = documents.map((document) => document.toJS());
  expect(objects.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget']);
  const [deployment, service, budget] = objects;
  const labels = { 'app.kubernetes.io/name': 'okta-hook' };
  expect(deployment.spec.selector.matchLabels).toEqual(labels);
  expect(deployment.spec.template.metadata.labels).toEqual(labels);
  expect(service.spec.selector).toEqual(labels);
  expect(budget.spec.selector.matchLabels).toEqual(labels);
  expect(deployment.spec.replicas).toBeGreaterThan(budget.spec.minAvailable);
  expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0);

  const pod = deployment.spec.template.spec;
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  });
  const [container] = pod.containers;
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'ops' });
  expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'ops' });
  expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'ops' });
  expect(container.ports).toEqual([
    { name: 'http', containerPort: 8080 },
    { name: 'ops', containerPort: 9090 },
  ]);
  expect(container.env).toContainEqual({ name: 'OPS_PORT', value: '9090' });
  expect(service.spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort)).toEqual(['http']);
  expect(container.resources.limits.memory).toBe('256Mi');

  const linger = Number(container.env.find(({ name }: { name: string }) => name === 'LINGER_MS').value);
  const readiness = container.readinessProbe.periodSeconds * container.readinessProbe.failureThreshold;
  expect(linger / 1000).toBeGreaterThan(readiness);
  // What an end takes at most: see run-server.ts.
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(linger / 1000 + 7);
  const named = pod.volumes.map(({ name }: { name: string }) => name);
  expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(named);
});
