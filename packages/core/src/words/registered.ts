/**
 * Registered claim names that people use for something else, and what they mean.
 * @see https://www.iana.org/assignments/jwt/jwt.xhtml
 */
export const oftenMisused: Readonly<Record<string, string>> = {
  title: 'the title of a person, such as Dr.',
  location: 'the position of a device',
  profile: 'the address of a profile page',
  website: 'the address of a web page',
  orig: 'the caller of a telephone call',
  dest: 'the callee of a telephone call',
  div: 'the diversion of a telephone call',
  opt: 'the original token of a telephone call',
  attest: 'the attestation of a telephone call',
  ttl: 'how long a status list may be cached',
  uptime: 'the seconds since a device was started',
  manifests: 'descriptions of the software of a device',
  measurements: 'measurements of the software of a device',
  intuse: 'the intended use of an attestation',
  toe: 'the time of a security event',
};

/** Claim names in the registry, besides those of the protocols. */
export const registeredNames: ReadonlySet<string> = new Set(
  `name given_name family_name middle_name nickname preferred_username profile picture website email email_verified
  gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at roles groups entitlements
  verified_claims place_of_birth nationalities birth_family_name birth_given_name birth_middle_name salutation title
  msisdn also_known_as sub_id sub_jwk vc vp vct location eat_profile eat_nonce ueid sueids oemid hwmodel hwversion
  oemboot dbgstat submods uptime bootcount bootseed dloas swname swversion manifests measurements measres intuse
  geohash ttl status_list orig dest div opt attest origid mky toe rph vot vtm jcard at_use_nbr token_introspection
  cdniv cdnicrit cdniip cdniuc cdniets cdnistt cdnistd sig_val_claims rcd rcdi crn msgi htm htu ath atc
  rdap_allowed_purposes rdap_dnt_allowed sd_hash _sd _sd_alg _claim_names _claim_sources ace_profile cnonce exi
  sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch`.split(/\s+/),
);

const yesOrNo = { kinds: ['bool', 'dyn'], text: 'true or false' };
const seconds = { kinds: ['int', 'double', 'dyn'], text: 'a number, in seconds' };
const text = { kinds: ['string', 'dyn'], text: 'text' };

/**
 * The types of claims that libraries know by name: kinds of types of CEL.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
export const registeredTypes: Readonly<
  Record<string, { readonly kinds: readonly string[]; readonly text: string }>
> = {
  email_verified: yesOrNo,
  phone_number_verified: yesOrNo,
  updated_at: seconds,
  ...Object.fromEntries(
    'name given_name family_name middle_name nickname preferred_username profile picture website email gender birthdate zoneinfo locale phone_number'
      .split(' ')
      .map((name) => [name, text]),
  ),
};
