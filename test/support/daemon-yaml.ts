/**
 * Writes `conf/daemon.yaml`, the shipped configuration file, and `conf/daemon.schema.json`, by
 * which editors check it, from the schema: `npm run generate`. A test compares the files with what
 * this makes.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { environmentName } from '../../conf/environment.ts';
import { configJsonSchema } from '../../conf/json-schema.ts';
import { SECTIONS, SETTINGS, type Setting } from '../../conf/settings.ts';

/** The files in the source tree, seen from dist/test/support/. */
export const DAEMON_YAML: string = fileURLToPath(
  new URL('../../../conf/daemon.yaml', import.meta.url),
);
export const DAEMON_SCHEMA: string = fileURLToPath(
  new URL('../../../conf/daemon.schema.json', import.meta.url),
);

const WIDTH = 100;
/** All keys are below `daemon:`, as in the original. */
const ROOT_DEPTH = 1;

const HEAD = [
  '# yaml-language-server: $schema=./daemon.schema.json',
  '#',
  '# The configuration of goxel-supervisor, for /etc/goxel/daemon.conf. What is set here is what',
  '# the Goxel v14.6 daemon was designed with, key for key and value for value: a service that',
  '# starts as root, and goes on as user goxel, which must be there:',
  '#',
  '#     useradd --system --create-home --home-dir /var/lib/goxel --shell /usr/sbin/nologin goxel',
  '#',
  '# The keys that are commented out stand there with their defaults. A key that is left out has',
  '# its default too: without any file, the daemon is one for whoever starts it. An unknown key is',
  '# an error, and so is a value outside its bounds: goxel-supervisor config check tells.',
  '#',
  '# The same keys can be set by the environment, which wins over this file, and by',
  '# `--set KEY=VALUE`, which wins over both:',
  '#',
  `#     ${environmentName('limits.depth_max')}=32`,
  '#     goxel-supervisor run --set limits.depth_max=32',
  '#',
  '# A daemon that runs reads it again at SIGHUP and by `goxel-supervisor reload`. What has',
  '# changed counts then, but for the keys of which is said that it counts from the next start.',
  '#',
  '# Paths may begin with ~, $TMPDIR, $XDG_STATE_HOME, $XDG_RUNTIME_DIR or $XDG_CONFIG_HOME.',
  '#',
  '# This file is generated from conf/schema.ts: npm run generate',
  '# biome-ignore-all format: it removes the empty lines between comments',
  '',
  'daemon:',
];

/** The text of the file: every key with its reason; what the original has is set. */
export function daemonYaml(): string {
  const lines = [...HEAD];
  let sections: readonly string[] = [];
  for (const setting of SETTINGS.values()) {
    const names = setting.key.split('.').slice(0, -1);
    for (const [index, name] of names.entries()) {
      if (sections[index] === name && index < sections.length) continue;
      const key = names.slice(0, index + 1).join('.');
      const depth = ROOT_DEPTH + index;
      lines.push(
        ...gap(lines),
        ...comment(SECTIONS.get(key) ?? '', depth),
        `${indent(depth)}${name}:`,
      );
      sections = names.slice(0, index + 1);
    }
    sections = names;
    lines.push(...gap(lines), ...settingLines(setting, ROOT_DEPTH + names.length));
  }
  return `${lines.join('\n')}\n`;
}

/** An empty line, but none right below the name of a section. */
function gap(lines: readonly string[]): string[] {
  return lines.at(-1)?.endsWith(':') ? [] : [''];
}

function settingLines(setting: Setting, depth: number): string[] {
  const { key, original } = setting;
  const name = key.split('.').at(-1) ?? '';
  const when = setting.live ? '' : ' Counts from the next start.';
  const about = `${setting.description} Takes ${setting.expected}.${when}`;
  const fallback = flow(setting.default);
  if (original === undefined) {
    return [...comment(about, depth), `${indent(depth)}# ${name}: ${fallback}`];
  }
  const left_out = original === setting.default ? '' : ` Left out, it is ${fallback}.`;
  // Of the mode, the digits count; the original has no quotes either.
  const value = /^\d+$/.test(String(original)) ? String(original) : flow(original);
  return [...comment(about + left_out, depth), `${indent(depth)}${name}: ${value}`];
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

function comment(text: string, depth: number): string[] {
  const lines: string[] = [];
  let line = `${indent(depth)}##`;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent(depth)}##`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

export function daemonSchema(): string {
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = [
    [DAEMON_YAML, daemonYaml()],
    [DAEMON_SCHEMA, daemonSchema()],
  ] as const;
  for (const [file, text] of files) {
    if (text !== readFileSync(file, { encoding: 'utf8', flag: 'a+' })) writeFileSync(file, text);
  }
}
