/**
 * Text that no CI system takes for a command, whatever names of the spec are in it: GitHub obeys lines that begin with
 * `::`, after white space too, Azure `##[…]` and `##vso[…]` anywhere, TeamCity `##teamcity[…]`. JSON stays the same value.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 * @see https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
 */
export function withoutCiCommands(text: string): string {
  return text.replace(/^(\s*)::/gm, '$1\\u003a:').replace(/##(?=(?:vso|teamcity)?\[)/gi, '#\\u0023');
}
