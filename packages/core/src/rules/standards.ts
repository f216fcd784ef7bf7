/** A place in a standard that asks for what a rule asks for. */
export interface Standard {
  /** For people: `OWASP NHI2:2025 Secret Leakage`. */
  readonly title: string;
  readonly url: string;
  /** For code scanning: `owasp-nhi/nhi2`. */
  readonly tag: string;
}

const nhi = (number: number, name: string): Standard => ({
  title: `OWASP NHI${number}:2025 ${name}`,
  url: 'https://owasp.org/www-project-non-human-identities-top-10/',
  tag: `owasp-nhi/nhi${number}`,
});
const csf = (category: string, name: string): Standard => ({
  title: `NIST CSF 2.0 ${category} (${name})`,
  url: 'https://doi.org/10.6028/NIST.CSWP.29',
  tag: `nist-csf/${category.toLowerCase()}`,
});
const rfc = (number: number, section: string): Standard => ({
  title: `RFC ${number}, section ${section}`,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
  tag: `rfc/${number}`,
});
const gdpr = (article: string, anchor: number): Standard => ({
  title: `GDPR, article ${article}`,
  url: `https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_${anchor}`,
  tag: `gdpr/${anchor}`,
});
const cwe = (number: number, name: string): Standard => ({
  title: `CWE-${number} ${name}`,
  url: `https://cwe.mitre.org/data/definitions/${number}.html`,
  tag: `cwe/${number}`,
});

/** The places in standards that rules refer to. */
export const standards = {
  offboarding: nhi(1, 'Improper Offboarding'),
  secretLeakage: nhi(2, 'Secret Leakage'),
  insecureAuthentication: nhi(4, 'Insecure Authentication'),
  overprivileged: nhi(5, 'Overprivileged NHI'),
  longLived: nhi(7, 'Long-Lived Secrets'),
  humanUse: nhi(10, 'Human Use of NHI'),
  owners: csf('GV.RR-02', 'roles and responsibilities are known'),
  legal: csf('GV.OC-03', 'legal requirements are understood and managed'),
  exceptions: csf('ID.RA-07', 'changes and exceptions are managed and tracked'),
  dataInventory: csf('ID.AM-07', 'inventories of data are kept'),
  assertions: csf('PR.AA-04', 'identity assertions are protected and verified'),
  leastPrivilege: csf('PR.AA-05', 'permissions follow least privilege and are reviewed'),
  dataInTransit: csf('PR.DS-02', 'data in transit is protected'),
  logs: csf('PR.PS-04', 'log records are generated'),
  claimNames: rfc(7519, '4'),
  issuedAt: rfc(7519, '4.1'),
  tokenClaims: rfc(9068, '2.2'),
  authorizationClaims: rfc(9068, '2.2.3.1'),
  tokenPrivacy: rfc(9068, '6'),
  jwtAudience: rfc(8725, '3.9'),
  jwtInput: rfc(8725, '3.10'),
  restrictedTokens: rfc(9700, '2.3'),
  boundTokens: rfc(9700, '2.2.1'),
  actors: rfc(8693, '4.1'),
  scopeNames: rfc(6749, '3.3'),
  purpose: gdpr('5(1)(b) and (c)', 5),
  specialCategories: gdpr('9', 9),
  hardCodedCredentials: cwe(798, 'Use of Hard-coded Credentials'),
  exposedCredentials: cwe(522, 'Insufficiently Protected Credentials'),
  failingOpen: cwe(636, 'Not Failing Securely'),
  untrustedInput: cwe(807, 'Reliance on Untrusted Inputs in a Security Decision'),
  incorrectPrivilege: cwe(266, 'Incorrect Privilege Assignment'),
  homoglyphs: cwe(1007, 'Insufficient Visual Distinction of Homoglyphs'),
} as const satisfies Readonly<Record<string, Standard>>;

/** A key of {@link standards}. */
export type StandardId = keyof typeof standards;
