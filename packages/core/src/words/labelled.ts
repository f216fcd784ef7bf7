/** Names and values with what they are, as people see it. Some are hard on purpose. */
export const labelledNames: Readonly<Record<'secret' | 'private' | 'identity' | 'special' | 'none', string>> =
  {
    secret: `password user_password passwordHash userPwd db_password old_password passwd temp_password login_password
  secret client_secret clientSecret app_secret shared_secret webhook_secret jwt_secret signing_secret secret_key
  api_key apiKey API_KEY stripe_api_key x-api-key apikey googleApiKey access_key aws_access_key secret_access_key
  private_key rsaPrivateKey ssh_private_key signing_key encryption_key master_key refresh_token refreshToken
  access_token accessToken bearer_token auth_token authToken session_token api_token personal_access_token reset_token
  password_reset_token invite_secret recovery_code mfa_recovery_code recoveryCodes backup_codes backupCode otp otp_seed
  totp_secret totp_seed hotp mfa_seed pin pin_code user_pin cardPin passcode passphrase key_passphrase credential
  user_credentials db_credentials security_answer secretAnswer cvv cvc2 seed_phrase mnemonic session_cookie magic_link
  kennwort passwort benutzer_passwort zugangsdaten mot_de_passe motDePasse contrasena contraseña clave_privada
  clave_secreta basic_auth hmac_key`,
    private: `birthdate birth_date birthDate dateOfBirth date_of_birth dob user_dob birthday birthYear year_of_birth
  place_of_birth tax_id taxId tax_number taxpayer_id ssn social_security_number socialSecurityNumber national_id
  nationalIdNumber national_insurance_number nino id_card_number passport passport_number passportNo driver_license
  driversLicense driving_licence iban customer_iban bank_account bankAccountNumber card_number cardNumber credit_card
  creditCardNumber address home_address homeAddress street_address streetAddress postal_address mailing_address
  address_line_1 postal_code postalCode postcode zip_code zip street street_name house_number geburtsdatum geburtstag
  geburtsjahr geburtsort steuernummer steuer_id steueridentifikationsnummer sozialversicherungsnummer
  personalausweisnummer ausweisnummer reisepassnummer fuehrerschein führerscheinnummer kontonummer bankverbindung
  kreditkartennummer anschrift adresse wohnadresse strasse straße hausnummer plz postleitzahl wohnort date_naissance
  date_de_naissance lieu_de_naissance numero_fiscal numero_securite_sociale passeport permis_de_conduire adresse_postale
  code_postal rue carte_bancaire carte_identite fecha_nacimiento fechaDeNacimiento lugar_de_nacimiento nif dni curp
  numero_de_seguridad_social pasaporte permiso_de_conducir direccion dirección_postal calle codigo_postal
  tarjeta_de_credito cuenta_bancaria`,
    identity: `given_name givenName first_name firstName family_name familyName last_name lastName surname forename
  middle_name maiden_name full_name fullName legal_name preferred_name display_name displayName nickname nickName email
  e_mail emailAddress email_address work_email workEmail private_email emails mail_address phone phone_number phoneNumber
  phoneNumbers mobile mobile_number mobilePhone telephone telephoneNumber cell_phone home_phone fax_number photo photos
  picture avatar avatar_url avatarUrl gender sex nationality citizenship marital_status salary vorname nachname
  familienname geburtsname telefon telefonnummer handynummer mobilnummer emailadresse geschlecht staatsangehoerigkeit
  staatsangehörigkeit familienstand gehalt prenom prénom nom nom_de_famille nomFamille numero_de_telephone courriel
  adresse_email sexe nationalite etat_civil salaire nombre nombre_completo apellido apellidos telefono teléfono movil
  correo correo_electronico sexo nacionalidad estado_civil salario`,
    special: `religion religious_affiliation religious_belief faith ethnicity ethnic_origin ethnicOrigin ethnic_group
  racial_origin union_member unionMembership union_membership trade_union trade_union_member health_status healthStatus
  health_condition health_record health_data medical_record_number medicalConditions medical_history diagnosis disease
  disability disability_status disability_degree allergies medication patient_id pregnancy pregnant vaccination_status
  vaccinated hiv_status blood_type bloodGroup sexual_orientation sexualOrientation sexuality gender_identity
  political_opinion political_party political_affiliation party_membership biometric_data biometric_template
  fingerprint_template face_template voiceprint iris_scan dna_profile genetic_data criminal_record criminal_convictions
  criminal_history konfession religionszugehörigkeit religionszugehoerigkeit ethnische_herkunft gewerkschaft
  gewerkschaftsmitglied gesundheit gesundheitszustand gesundheitsdaten krankheit krankenkasse behinderung
  schwerbehinderung grad_der_behinderung schwangerschaft impfstatus blutgruppe sexuelle_orientierung politische_meinung
  vorstrafen origine_ethnique syndicat appartenance_syndicale etat_de_sante maladie handicap grossesse groupe_sanguin
  orientation_sexuelle opinion_politique casier_judiciaire etnia origen_etnico sindicato afiliacion_sindical salud
  estado_de_salud enfermedad discapacidad embarazo grupo_sanguineo orientacion_sexual opinion_politica
  antecedentes_penales caste sick_days`,
    none: `tenant tenantId org_id orgName account account_number customer_number customer_name order_id order_address_id
  invoice_email_enabled email_verified email_domain emails_per_day phone_verified phone_country_code picture_count
  avatar_enabled gender_filter_on password_expires_at password_changed_at last_password_change has_password
  passwordless_login password_length_min pin_enabled pin_attempts otp_enabled otp_method mfa_methods secret_version
  secret_name secrets_count secret_manager_id token_expires_in token_type token_endpoint refresh_token_lifetime
  access_token_format api_key_count api_key_name key_id key_alias public_key ssh_public_key certificate_subject
  credential_id credential_count recovery_code_count backup_region backup_enabled seed_region cookie_consent
  cookie_banner_version ip_address client_ip mac_address server_address host_address wallet_address street_view_enabled
  zip_file zip_url zipped postal_service address_format address_count birth_rate newborn_program passport_required
  passport_holder_count iban_validation_on bank_id bank_country card_brand card_count card_expiry_month tax_rate tax_region
  tax_exempt nationality_required citizenship_program name product_name team_name file_name host_name domain_name
  service_name display_order nickname_policy mobile_enabled mobile_app_version phone_model telephone_system fax_enabled
  photo_quota salary_band_count health_check service_health system_health_status node_health_status health_url
  race_condition race_number union_id unionid credit_union_code community party_id political_map religion_stats_url
  faithful ethnic_food_category blood_pressure_monitor_model dna_team diagnosis_code_system diagnostics_mode
  medical_department vaccination_center_id disabled disability_access_ramp pregnant_pause sex_ratio_chart genome_browser_url
  biometric_login_enabled fingerprint device_fingerprint cert_fingerprint face_id_enabled iris_team voice_model_version
  conviction_rate criminal_law_module handicap_golf_course blutspende_termin kontostand_sichtbar adressbuch_id
  telefonanlage vornamen_filter strassenbahn_linie rueckgabe_code plzufall salud_department_id calle_count
  nombre_de_pages numero_de_commande code_promo rue_count sante_url nomenclature normal roles groups permissions locale
  timezone country region plan tier level score limit quota feature_flags seats subscription_end created_at updated_at`,
  };

/** Values with what they are by their shape. They are made up, or from documentation. */
export const labelledValues: Readonly<
  Record<
    'IBAN' | 'card number' | 'e-mail address' | 'phone number' | 'birth date' | 'none',
    readonly string[]
  >
> = {
  IBAN: [
    'DE89370400440532013000',
    'DE89 3704 0044 0532 0130 00',
    'GB29NWBK60161331926819',
    'FR1420041010050500013M02606',
    'ES9121000418450200051332',
    'IT60X0542811101000000123456',
    'NL91ABNA0417164300',
    'CH9300762011623852957',
    'AT611904300234573201',
    'BE68539007547034',
    'PL61109010140000071219812874',
    'SE4550000000058398257466',
    'NO9386011117947',
    'PT50000201231234567890154',
    'ie29aibk93115212345678',
  ],
  'card number': [
    '4111111111111111',
    '4111 1111 1111 1111',
    '4242-4242-4242-4242',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '6011111111111117',
    '3530111333300000',
    '30569309025904',
    '4222222222222',
  ],
  'e-mail address': [
    'ada@acme.example',
    'ada.lovelace@mail.acme.example',
    'a+b@example.com',
    "o'neill@example.com",
    'jürgen@müller.example',
    'x_1@sub.example.co.uk',
    'INFO@EXAMPLE.ORG',
    'a@b.io',
    'first-last@example.museum',
    'user%x@example.com',
  ],
  'phone number': [
    '+4915112345678',
    '+49 151 12345678',
    '+1 (555) 010-9999',
    '+15550109999',
    '+33 6 12 34 56 78',
    '+34612345678',
    '0049 30 1234567',
    '+44 20 7946 0018',
    '+81-3-1234-5678',
    '+358401234567',
  ],
  'birth date': [
    '1990-05-17',
    '1985-12-31',
    '2001-02-28',
    '17.05.1990',
    '5/17/1990',
    '1.1.1970',
    '1947-08-15',
    '12/03/1984',
  ],
  none: [
    '',
    'gold',
    'eu-west-1',
    '42',
    '1234567890',
    '4111111111111112',
    '4111111111111111111111',
    '9999999999999995',
    'DE89370400440532013001',
    'DE1234',
    'ORDER-2024-000123',
    '2026-11-21',
    '2031-01-01',
    '2024-02-30',
    '1990-13-01',
    '1789-07-14',
    '2026-11-21T08:00:00Z',
    'https://acme.example/a@b',
    'mailto:ada@acme.example',
    '@handle',
    'ada@localhost',
    'a b@example.com',
    '+12',
    '+49',
    '1.2.3.4',
    '10.0.0.0/8',
    '12.30.2024',
    '2001:db8::1',
    'u_01HZX3',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'org_9ybsU1dN2dKfDkBi',
    'true',
    'admin',
    '00014',
    'INV/2023/11',
    '1/2',
    'v1.2.3',
    '99.95',
    'GB00',
  ],
};
