/// <reference types="node" preserve="true" />
export { type BuiltLookups, createLookups, type LookupsOptions } from './create-lookups.ts';
