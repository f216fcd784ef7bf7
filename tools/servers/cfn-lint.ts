import { isInstalled, pythonProgram } from './python.ts';

/** Checks templates of CloudFormation by the schemas of AWS. */
export const cfnLint = pythonProgram('cfn-lint', 'cfn-lint', ['cfn-lint==1.58.0']);

/** Its command; where it cannot be had, it says so and gives undefined: tests are then skipped, which CI refuses. */
export function cfnLintForTests(): string | undefined {
  if (isInstalled(cfnLint)) return cfnLint.command;
  console.warn('skipped: cfn-lint is not there (tools/servers/install.ts installs it)');
  return undefined;
}
