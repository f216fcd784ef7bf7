import { test } from 'vitest';
import { compareActions } from './auth0.ts';

test('the built Action of examples/payments issues what one written by hand does', compareActions);
