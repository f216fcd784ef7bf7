import { expect, test } from 'vitest';
import { routesOf } from './routes.ts';

const routes = routesOf([
  { path: '/' },
  { path: '/payments' },
  { path: '/payments/large', methods: ['POST'] },
  { path: '/payments/large', methods: ['GET'], open: true },
  { path: '/status', open: true },
  { path: '/jobs:run', scopes: ['run'] },
  { path: '/caf%C3%A9' },
]);

test.each([
  ['GET', '/other', '/'],
  ['GET', '/payments', '/payments'],
  ['PUT', '/payments/', '/payments'],
  ['PUT', '/payments/1?x=/payments/large', '/payments'],
  ['PUT', '/payments-old', '/'],
  ['PUT', '/payments/larger', '/payments'],
  ['POST', '/payments/large/1', '/payments/large'],
  ['HEAD', '/payments/large', '/payments/large'],
  ['GET', '/status', '/status'],
  ['GET', '/status/', '/status'],
  ['GET', '/status/1', '/status'],
  ['GET', '/jobs:run', '/jobs:run'],
  ['GET', '/jobs%3Arunning', '/'],
  ['GET', '/caf%C3%A9/1', '/caf%C3%A9'],
])('%s %s goes by the longest path', (method, address, path) => {
  expect(routes.find(method, address)).toMatchObject({ path });
});

test('a method that the longest path does not name is refused, though a shorter one would take it', () => {
  expect(routes.find('DELETE', '/payments/large')).toBe('no_route');
});

test.each(['/Payments', '/payments/LARGE', '/STATUS/1'])(
  '%s has another route where case counts',
  (address) => {
    expect(routes.find('POST', address)).toBe('path');
  },
);

test.each([
  '/jobs%3Arun',
  '/jobs%3arun/1',
  '/JOBS%3Arun',
  '/caf%c3%a9',
  '/CAF%C3%89',
  '/cafe%CC%81',
  '/%EF%BC%B0ayments',
  '/%C5%BFtatus',
  '/payments.',
  '/payments%20',
  '/payments%20/1',
])('%s has another route where a service decodes it, or takes characters for the same', (address) => {
  expect(routes.find('POST', address)).toBe('path');
});

test('without a route for everything, other paths are refused', () => {
  expect(routesOf([{ path: '/a' }]).find('GET', '/b')).toBe('no_route');
});

test.each(['TRACE', 'TRACK', 'CONNECT'])('%s never passes', (method) => {
  expect(routes.find(method, '/payments')).toBe('no_route');
});
