import { test } from 'vitest';
import { compareTriggers } from './cognito.ts';

test('a built function for Cognito answers what one written by hand does', compareTriggers);
