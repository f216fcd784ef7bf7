/**
 * Whether a text in a realm file may become another: `${NAME}` is a variable of the server's environment there, and
 * `${NAME:text}` always becomes something else. A spec has no such text as it is; one that an expression makes has the
 * script for a way out.
 *
 * @see https://www.keycloak.org/server/importExport#_using_environment_variables_within_the_realm_configuration_files
 */
export function isFilledIn(text: string): boolean {
  return text.includes('${');
}
