/** Kinds of values that are personal data by their shape. */
export type PersonalValue = 'IBAN' | 'card number' | 'e-mail address' | 'phone number' | 'birth date';

const detectors: readonly (readonly [kind: PersonalValue, is: (text: string) => boolean])[] = [
  ['IBAN', isIban],
  ['card number', isCardNumber],
  ['e-mail address', (text) => /^[^\s@"'<>/:]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,24}$/u.test(text)],
  ['phone number', isPhoneNumber],
  ['birth date', isBirthDate],
];

/** What a value is by its shape, if that is personal data. */
export function personalValueOf(value: unknown): PersonalValue | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim();
  return detectors.find(([, is]) => is(text))?.[0];
}

/** By the check digits of ISO 13616: the number is 1 modulo 97. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain) || !/\d{6}/.test(plain.slice(4))) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Ranges of the card networks, by the number of digits. */
const cardRanges =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12})$/;

/** By the digits of a card network, and Luhn's check digit. */
function isCardNumber(text: string): boolean {
  if (!/^\d[\d -]{11,22}\d$/.test(text)) return false;
  const digits = text.replace(/[ -]/g, '');
  if (!cardRanges.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const twice = digit * 2;
    sum += i % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}

/** E.164, also with the usual separators. */
function isPhoneNumber(text: string): boolean {
  if (!/^(?:\+|00)[\d ()./-]{8,24}$/.test(text)) return false;
  const digits = text.replace(/\D/g, '').replace(/^00/, '');
  return /^[1-9]\d{7,14}$/.test(digits);
}

/** A day on which a grown-up may have been born. Later days are mostly something else. */
function isBirthDate(text: string): boolean {
  const [, isoYear = '', isoMonth = '', isoDay = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text) ?? [];
  const [y, m, d] = [isoYear || year, isoMonth || month, isoDay || day].map(Number);
  if (y === undefined || m === undefined || d === undefined || y < 1920 || y > 2005) return false;
  const isDay = (one: number, other: number) => one >= 1 && one <= 12 && other >= 1 && other <= 31;
  return isDay(m, d) || (isoYear === '' && isDay(d, m));
}
