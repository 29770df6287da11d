/** What is secret: values by the names that people give them, and what looks so in texts. */

export const MASKED = '(masked)';

const NAMES =
  'token|secret|passw|passphrase|passcode|authorization|api[-_ .]?key|access[-_ .]?key|' +
  'private[-_ .]?key|signing[-_ .]?key|encryption[-_ .]?key|cookie|credential|jwt|bearer';
const SECRET_NAME = new RegExp(NAMES, 'i');
const WHOLE_NAMES: ReadonlySet<string> = new Set(['auth', 'pass', 'pwd', 'pin', 'psk', 'otp']);

/** Texts without any of these are left alone, which most are. */
const SUSPICIOUS = new RegExp(
  `${NAMES}|basic|digest|pwd|://|-----BEGIN|eyJ|gh[pousr]_|sk-|AKIA|xox`,
  'i',
);

/** Each repetition has a limit, so that no text takes long. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}-----|$)/g, MASKED],
  [/\b((?:authorization|cookie)["'\\]{0,3}\s{0,3}[:=])[^\r\n]{1,4000}/gi, `$1 ${MASKED}`],
  [/\b(bearer|basic|digest|token)(\s{1,3})[\w.~+/=-]{4,4000}/gi, `$1$2${MASKED}`],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,200}):[^\s/@]{1,500}@/gi, `$1:${MASKED}@`],
  [
    new RegExp(
      `((?:${NAMES}|pwd)[\\w.-]{0,40}["'\\\\]{0,3}\\s{0,3}[=:]\\s{0,3})` +
        `(?:\\\\?"[^"]{0,4000}"?|\\\\?'[^']{0,4000}'?|[^\\s"'&;,}\\]]{1,4000})`,
      'gi',
    ),
    `$1${MASKED}`,
  ],
  [/\beyJ[\w-]{6,4000}\.[\w-]{2,4000}(?:\.[\w-]{0,4000})?/g, MASKED],
  [
    /\b(?:gh[pousr]_\w{10,200}|sk-[\w-]{10,200}|AKIA[A-Z0-9]{12,40}|xox[a-z]-[\w-]{8,200})/g,
    MASKED,
  ],
];

const NAMES_KEPT_MAX = 5000;

/** Whether the value of a key is secret; it remembers, since keys come again and again. */
export function secretNames(further: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    let secret = known.get(key);
    if (secret === undefined) {
      secret = isSecretName(key) || further(key);
      if (known.size >= NAMES_KEPT_MAX) known.clear();
      known.set(key, secret);
    }
    return secret;
  };
}

/** `apiKey`, `db_password`, `AUTH`. */
function isSecretName(key: string): boolean {
  return SECRET_NAME.test(key) || WHOLE_NAMES.has(key.toLowerCase());
}

/** The text without what is secret in it. */
export function withoutSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return PATTERNS.reduce((rest, [pattern, put]) => rest.replace(pattern, put), text);
}
