export { secretReference } from './secret-reference.ts';
