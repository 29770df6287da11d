/**
 * Certificates for tests of TLS, made here: Node reads X.509 and does not write it, and not every
 * machine has openssl. Of DER (X.690) there is as much as a certificate needs.
 */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** In PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly name: string;
  readonly private_key: KeyObject;
}

export interface CertificateOptions {
  readonly name?: string;
  /** Who signs it; itself if absent. */
  readonly issuer?: Certificate;
  /** Whether it may sign others. */
  readonly authority?: boolean;
  readonly from?: Date;
  readonly to?: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { name = 'localhost', authority = false } = options;
  const { from = new Date(Date.now() - DAY_MS), to = new Date(Date.now() + 90 * DAY_MS) } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { name: issuer = name, private_key: signer = privateKey } = options.issuer ?? {};
  const contents = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(name, authority))),
  );
  const signature = sign('sha256', contents, signer);
  const der = sequence(contents, ECDSA_WITH_SHA256, bits(signature));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: pem(der), key, name, private_key: privateKey };
}

function extensions(name: string, authority: boolean): Buffer[] {
  const constraints = authority ? sequence(element(0x01, Buffer.from([0xff]))) : sequence();
  const names = sequence(
    element(0x82, Buffer.from(name)),
    element(0x87, Buffer.from([127, 0, 0, 1])),
  );
  return [
    sequence(oid([2, 5, 29, 19]), element(0x04, constraints)),
    sequence(oid([2, 5, 29, 17]), element(0x04, names)),
  ];
}

const ECDSA_WITH_SHA256 = sequence(oid([1, 2, 840, 10_045, 4, 3, 2]));

function nameOf(common: string): Buffer {
  const attribute = sequence(oid([2, 5, 4, 3]), element(0x0c, Buffer.from(common)));
  return sequence(element(0x31, attribute));
}

function time(at: Date): Buffer {
  const text = `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return element(0x18, Buffer.from(text));
}

function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const septets = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return element(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content);
}

function integer(value: Buffer): Buffer {
  return element(0x02, value);
}

function bits(value: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), value]));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const lengths: number[] = [];
  if (length < 0x80) lengths.push(length);
  else {
    for (let left = length; left > 0; left >>= 8) lengths.unshift(left & 0xff);
    lengths.unshift(0x80 + lengths.length);
  }
  return Buffer.concat([Buffer.from([tag, ...lengths]), content]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
