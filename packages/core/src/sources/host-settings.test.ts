import { expect, test } from 'vitest';
import { isOfHost } from './host-settings.ts';

test.each([
  'HOOK_SECRET',
  'HOOK_SECRET_NEXT_FILE',
  'REDIS_URL',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'GITHUB_TOKEN',
  'CI_JOB_TOKEN',
  'KC_DB_PASSWORD',
  'KEYCLOAK_ADMIN_PASSWORD',
  'PATH',
  'NODE_OPTIONS',
])('%s is of the machine', (name) => {
  expect(isOfHost(name)).toBe(true);
});

test.each([
  'CRM_TOKEN',
  'DIRECTORY_URL',
  'DATABASE_URL',
  'ENTITLEMENTS_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'OAUTH_TOKEN',
  'API_KEY',
  'GOOGLE_MAPS_KEY',
  'PATHS',
  'CITY_TOKEN',
  'HOST_NAME',
  'path',
])('%s may be a source’s', (name) => {
  expect(isOfHost(name)).toBe(false);
});
