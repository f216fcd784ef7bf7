/** The value of the policy marker in tokens that the policy has not seen: no revision looks like it. */
export const sentinel = 'unenriched';
