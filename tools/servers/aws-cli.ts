import { pythonProgram } from './python.ts';

/** The command `aws`, for pages that have their readers type it. */
export const awsCli = pythonProgram('aws-cli', 'aws', ['awscli==1.46.3']);
