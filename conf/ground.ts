/**
 * What a configuration takes for granted of this machine: files, directories, users. Nothing of it
 * is an error of the configuration, since it may be there when the daemon starts.
 */

import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lookUpGroup, lookUpUser, noGroup, noUser } from './accounts.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './schema.ts';
import { tokensOf } from './token-file.ts';

/** Sentences for who wants to know before the start; each begins with its key. */
export function missingGround(config: Config): string[] {
  const { sockets, files } = config;
  const { certificate, key, client_ca } = sockets.tcp.tls;
  return [
    ...accounts(config),
    ...parent('pid_file', config.pid_file),
    ...directory('working_directory', config.working_directory),
    ...(sockets.unix.enabled ? parent('sockets.unix.path', sockets.unix.path) : []),
    ...file('sockets.tcp.tls.certificate', certificate),
    ...file('sockets.tcp.tls.key', key),
    ...file('sockets.tcp.tls.client_ca', client_ca),
    ...tokens(config),
    ...parent('logging.file', config.logging.file),
    ...files.roots.flatMap((root) => directory('files.roots', root)),
    ...directory('dump.directory', config.dump.directory),
  ];
}

function accounts({ user, group }: Config): string[] {
  const found: string[] = [];
  if (user !== '' && lookUpUser(user) === undefined && !isNumber(user)) {
    found.push(`user: ${noUser(user)}`);
  }
  if (group !== '' && lookUpGroup(group) === undefined && !isNumber(group)) {
    found.push(`group: ${noGroup(group)}`);
  }
  if ((user !== '' || group !== '') && process.getuid?.() !== 0) {
    found.push(
      'user: only root can become another user; start the daemon as root, or leave it out',
    );
  }
  return found;
}

/** A number without a name is a user all the same. */
function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function directory(key: string, path: string): string[] {
  if (path === '') return [];
  const stats = statOf(path);
  if (stats === undefined) return [`${key}: there is no directory ${path}`];
  return stats.isDirectory() ? [] : [`${key}: ${path} is no directory`];
}

/** The directory that a file is to be made in. */
function parent(key: string, path: string): string[] {
  return path === '' ? [] : directory(key, dirname(path));
}

function file(key: string, path: string): string[] {
  if (path === '') return [];
  const stats = statOf(path);
  if (stats === undefined) return [`${key}: there is no file ${path}`];
  if (!stats.isFile()) return [`${key}: ${path} is no file`];
  return canRead(path) ? [] : [`${key}: this user may not read ${path}`];
}

/** Whether the tokens can be read, as the start reads them. */
function tokens(config: Config): string[] {
  if (config.security.token_file === '') return [];
  try {
    tokensOf(config);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => `security.token_file: ${problem}`);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
