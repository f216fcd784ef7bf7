export { contextFields, programFields } from './context-reader.ts';
export { evaluateProgram } from './evaluate-program.ts';
export { generateProgram, programCode, withHelpers } from './generate-program.ts';
export { js, propertyKey } from './text.ts';
export type { Origins, ProgramOptions } from './work.ts';
