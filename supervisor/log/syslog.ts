/**
 * Syslog on this machine: messages of RFC 5424, one a datagram, to the socket of its daemon. The
 * body is the text of the line, and its fields as JSON behind it.
 */

import { type Datagram, openDatagram } from '../../actors/native/datagram.ts';
import { levelOf } from './level.ts';
import type { Outlet } from './sink.ts';

/** What receivers take at the least as a rule; the rest of a message is cut off. */
const MESSAGE_BYTES_MAX = 8192;
/** What any receiver is to take (RFC 5424, 6.1: should be 2048). */
const MESSAGE_BYTES_MIN = 2048;

const APP_NAME = 'goxel-supervisor';
const FACILITY_DAEMON = 3;
const CRITICAL = 2;
const ERROR = 3;
const WARNING = 4;
const INFORMATIONAL = 6;
const DEBUG = 7;

/** The daemon of syslog may read again soon. */
const BUSY = ['EAGAIN', 'ENOBUFS', 'EINTR'];

export class Syslog implements Outlet {
  readonly name: string;
  readonly trouble = '';
  #socket: Datagram | undefined;

  private constructor(path: string) {
    this.name = path;
  }

  /** Nothing where there is no way to send datagrams. That nobody listens yet is no matter. */
  static open(path: string): Syslog | undefined {
    const syslog = new Syslog(path);
    try {
      syslog.#socket = openDatagram(path);
      return syslog.#socket === undefined ? undefined : syslog;
    } catch {
      return syslog;
    }
  }

  write(message: Buffer): number {
    this.#socket ??= openDatagram(this.name);
    try {
      this.#socket?.send(message);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EMSGSIZE' && message.length > MESSAGE_BYTES_MIN) {
        this.write(cut(message, MESSAGE_BYTES_MIN));
        return message.length;
      }
      // Another one may listen there by now.
      if (!BUSY.includes(code)) this.close();
      throw error;
    }
    return message.length;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

/** The severity of a line of pino. */
export function severityOf(line: string): number {
  const level = levelOf(line);
  if (level >= 60) return CRITICAL;
  if (level >= 50) return ERROR;
  if (level >= 40) return WARNING;
  return level >= 30 ? INFORMATIONAL : DEBUG;
}

/** A line of pino as a message of RFC 5424. */
export function syslogMessage(line: string): string {
  const { level: _, time, pid, hostname, msg = '', ...fields } = JSON.parse(line);
  const priority = 8 * FACILITY_DAEMON + severityOf(line);
  const host =
    String(hostname)
      .replace(/[^!-~]/g, '')
      .slice(0, 255) || '-';
  const head = `<${priority}>1 ${new Date(time).toISOString()} ${host} ${APP_NAME} ${pid} - - `;
  const text = String(msg).replace(/\s+/g, ' ');
  const body = Object.keys(fields).length === 0 ? text : `${text} ${JSON.stringify(fields)}`;
  // The mark of UTF-8 that the standard asks for, where it is not plain ASCII.
  const mark = /^[ -~]*$/.test(body) ? '' : '\ufeff';
  return cut(Buffer.from(`${head}${mark}${body}`), MESSAGE_BYTES_MAX).toString();
}

const CUT = '…';

/** The beginning of a message, up to the last whole character that fits. */
function cut(message: Buffer, bytes_max: number): Buffer {
  if (message.length <= bytes_max) return message;
  let end = bytes_max - Buffer.byteLength(CUT);
  // Bytes 10xxxxxx go on with a character.
  while (((message[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Buffer.concat([message.subarray(0, end), Buffer.from(CUT)]);
}
