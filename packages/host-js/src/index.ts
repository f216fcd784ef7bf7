export { type Asked, askedThrough } from './asked.ts';
export { finishes } from './finishes.ts';
export { generator } from './generator.ts';
export { HostError, type HostErrorCode } from './host-error.ts';
export { minify, minifyDeclarations } from './minify.ts';
export { type LoadedAction, loadInSandbox, messageOf, type World } from './sandbox.ts';
export { scriptOf } from './script-of.ts';
export { headersText, sourcesText } from './sources-text.ts';
export { type Timer, type VirtualClock, virtualClock } from './virtual-clock.ts';
