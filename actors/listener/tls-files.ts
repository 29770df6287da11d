/** The files of TLS: read and checked as a whole, before anything goes by them. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Config } from '../../conf/schema.ts';
import { errnoOf, ListenError } from './listen-error.ts';

export type TlsConfig = Config['sockets']['tcp']['tls'];

export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** Whether clients must have a certificate of `client_ca`. */
  readonly clients: boolean;
  /** What is not wrong yet. */
  readonly warnings: readonly string[];
}

/** Certificates and keys have some KiB; a chain of many certificates has tens of them. */
const FILE_BYTES_MAX = 1024 * 1024;
/** A certificate that ends so soon is worth a warning. */
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

const KEY = 'sockets.tcp.tls';

/**
 * What the files hold; nothing without TLS.
 *
 * @throws ListenError for the first fault
 */
export async function readTls(config: TlsConfig): Promise<TlsMaterial | undefined> {
  const { certificate, key, client_ca } = config;
  if (certificate === '' && key === '' && client_ca === '') return undefined;
  if (certificate === '' || key === '') {
    const missing = certificate === '' ? 'certificate' : 'key';
    throw wrong(`${KEY}.${missing} is empty; TLS needs a certificate and its key`);
  }
  const [cert, secret] = await Promise.all([read('certificate', certificate), read('key', key)]);
  const ca = client_ca === '' ? undefined : await read('client_ca', client_ca);
  const warnings = [
    ...checkDates('certificate', certificate, certificates('certificate', certificate, cert)[0]!),
    ...checkPair(config, cert, secret),
    ...(await checkMode(key)),
    ...(ca === undefined
      ? []
      : certificates('client_ca', client_ca, ca).flatMap((one) =>
          checkDates('client_ca', client_ca, one),
        )),
  ];
  const context = { cert, key: secret, ...(ca === undefined ? {} : { ca }) };
  try {
    createSecureContext(context);
  } catch (error) {
    throw wrong(`${KEY}: ${certificate} and ${key} cannot be used: ${(error as Error).message}`);
  }
  return { context, clients: ca !== undefined, warnings };
}

async function read(member: keyof TlsConfig, path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) {
      throw wrong(`${KEY}.${member}: ${path} has ${size} bytes, which no certificate has`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof ListenError) throw error;
    const code = errnoOf(error);
    const denied = code === 'EACCES' || code === 'EPERM';
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a directory',
      EACCES: 'this user may not read it; see its owner and mode',
    };
    const reason = reasons[code] ?? (error as Error).message;
    const text = `${KEY}.${member}: cannot read ${path}: ${reason}`;
    throw new ListenError(denied ? 'forbidden' : 'wrong', text);
  }
}

/** At least one. */
function certificates(member: keyof TlsConfig, path: string, pem: Buffer): X509Certificate[] {
  const blocks = pem
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) {
    throw wrong(
      `${KEY}.${member}: ${path} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
    );
  }
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      const which = `certificate ${index + 1} of ${path}`;
      throw wrong(`${KEY}.${member}: ${which} is damaged: ${(error as Error).message}`);
    }
  });
}

function checkDates(member: keyof TlsConfig, path: string, one: X509Certificate): string[] {
  const now = Date.now();
  const [from, to] = [Date.parse(one.validFrom), Date.parse(one.validTo)];
  const which = `${KEY}.${member}: the certificate in ${path}`;
  if (to < now) throw wrong(`${which} expired on ${day(to)}; put a new one there`);
  if (from > now) {
    throw wrong(`${which} is not valid before ${day(from)}; is the clock of this machine right?`);
  }
  return to - now < SOON_MS ? [`${which} expires on ${day(to)}`] : [];
}

function checkPair({ certificate, key }: TlsConfig, cert: Buffer, secret: Buffer): string[] {
  let own: KeyObject;
  try {
    own = createPrivateKey(secret);
  } catch (error) {
    const encrypted = /ENCRYPTED|MISSING_PASSPHRASE/.test(
      `${secret.subarray(0, 200)}${errnoOf(error)}`,
    );
    throw wrong(
      `${KEY}.key: ${key} ` +
        (encrypted
          ? 'is encrypted, and nobody is there to type its passphrase; decrypt it (openssl pkey)'
          : 'has no private key in PEM form (-----BEGIN PRIVATE KEY-----)'),
    );
  }
  if (!new X509Certificate(cert).checkPrivateKey(own)) {
    throw wrong(
      `${KEY}: the key in ${key} does not belong to the certificate in ${certificate}; ` +
        'they come in pairs, and the certificate of the server itself is first in its file',
    );
  }
  return [];
}

async function checkMode(path: string): Promise<string[]> {
  const { mode } = await stat(path).catch(() => ({ mode: 0 }));
  if ((mode & 0o004) === 0) return [];
  return [`${KEY}.key: every user of this machine can read ${path}; chmod o-r it`];
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function wrong(message: string): ListenError {
  return new ListenError('wrong', message);
}
