/**
 * Changes text so that no CI system takes names from a spec for a command. GitHub obeys lines that begin with `::`,
 * also after white space; Azure `##[…]` and `##vso[…]` anywhere; TeamCity `##teamcity[…]`. JSON keeps its value.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 * @see https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
 */
export function withoutCiCommands(text: string): string {
  return text.replace(/^(\s*)::/gm, '$1\\u003a:').replace(/##(?=(?:vso|teamcity)?\[)/gi, '#\\u0023');
}
