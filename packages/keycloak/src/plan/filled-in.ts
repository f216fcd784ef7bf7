/**
 * Whether Keycloak may change a text in a realm file: `${NAME}` is a variable of the server's environment there, and
 * `${NAME:text}` is always replaced. No literal text of a spec has this form; if an expression makes one, the script
 * writes the claim instead.
 *
 * @see https://www.keycloak.org/server/importExport#_using_environment_variables_within_the_realm_configuration_files
 */
export function isFilledIn(text: string): boolean {
  return text.includes('${');
}
