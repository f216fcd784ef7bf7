/** The audits with a chain: those of Okta's hook server. */
export { type AuditVerdict, verifyAudit } from '@claimsmith/okta-server/verify-audit';
