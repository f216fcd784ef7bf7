import { existsSync, readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An app whose server runs in a container. */
export interface Deployed {
  /** Its folder in `apps`, and its name in Kubernetes. */
  readonly name: string;
  /** What stands for the image in its manifest. */
  readonly image: string;
  /** The variables that its server reads. */
  readonly variableNames: readonly string[];
}

/** Tests of an app's Dockerfile and kubernetes.yaml. */
export function testDeployment({ name, image, variableNames }: Deployed): void {
  const read = (file: string) => readFileSync(`${root}apps/${name}/${file}`, 'utf8');

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
    expect(copied).toEqual([`apps/${name}/package.json`, `apps/${name}/dist/bundle`]);
    expect(existsSync(`${root}${copied[0]}`)).toBe(true);
    expect(read('build.ts')).toContain('dist/bundle');
    expect(JSON.parse(read('package.json')).type).toBe('module');
    expect(told('USER')).toEqual(['node']);
    // Without a digest the image has no valid name, and the build fails.
    expect(told('FROM')).toEqual(['node:24-slim@${NODE_DIGEST}']);
    expect(told('ARG')).toEqual(['NODE_DIGEST']);
    expect(read('Dockerfile')).toMatch(/--build-arg NODE_DIGEST=/);
    expect(read('Dockerfile')).not.toMatch(/sha256:/);
    expect(JSON.parse(told('CMD')[0] ?? '')).toContain('main.js');
    expect(lines.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('CMD')),
    );
  });

  test('the manifest asks for what a server needs that must not be missing', () => {
    const documents = parseAllDocuments(read('kubernetes.yaml'), { uniqueKeys: true });
    if (!Array.isArray(documents)) throw new Error('no documents');
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    const objects = documents.map((document) => document.toJS());
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ]);
    const [deployment, service, budget] = objects;
    const labels = { 'app.kubernetes.io/name': name };
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
    // Capitals: no image is called so, and one that was not filled in does not run.
    expect(container.image).toBe(image);
    expect(read('kubernetes.yaml')).toContain(`sed "s|${image}|$image|" kubernetes.yaml`);
    for (const { name } of container.env) expect(variableNames).toContain(name.replace(/_FILE$/, ''));
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

  test('the network lets in what asks, and out what sources need', () => {
    const objects = read('kubernetes.yaml').split(/^---$/m);
    const policy = parse(objects.find((text) => text.includes('kind: NetworkPolicy')) ?? '');
    expect(policy.spec.podSelector.matchLabels).toEqual({ 'app.kubernetes.io/name': name });
    expect(policy.spec.policyTypes).toEqual(['Ingress', 'Egress']);
    const portsOf = (rules: readonly { ports: readonly { port: unknown }[] }[]) =>
      rules.map(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf(policy.spec.ingress)).toEqual([['http'], ['ops']]);
    expect(portsOf(policy.spec.egress)).toEqual([[53, 53], [443]]);
    // A rule without peers would let in, or out, anybody.
    for (const { from } of policy.spec.ingress) expect(from.length).toBeGreaterThan(0);
    const blocks = policy.spec.egress[1].to.map(({ ipBlock }: { ipBlock: object }) => ipBlock);
    const isOut = (address: string) => {
      const family = address.includes(':') ? 'ipv6' : 'ipv4';
      return blocks.some(({ cidr, except }: { cidr: string; except: readonly string[] }) => {
        if (cidr.includes(':') !== (family === 'ipv6')) return false;
        const refused = new BlockList();
        for (const range of except) {
          const [net = '', bits = ''] = range.split('/');
          refused.addSubnet(net, Number(bits), family);
        }
        return !refused.check(address, family);
      });
    };
    expect(['93.184.216.34', '2606:2800:220:1::1'].every(isOut)).toBe(true);
    for (const inside of [
      '169.254.169.254',
      '10.96.0.1',
      '172.20.0.1',
      '192.168.1.1',
      '127.0.0.1',
      '100.100.1.1',
    ])
      expect(isOut(inside), inside).toBe(false);
    for (const inside of ['::1', 'fd00:ec2::254', 'fe80::1', '64:ff9b::a9fe:a9fe'])
      expect(isOut(inside), inside).toBe(false);
  });
}
