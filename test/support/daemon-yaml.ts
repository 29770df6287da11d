/**
 * Writes `conf/daemon.yaml`, the shipped configuration file, from the schema:
 * `npm run generate`. A test compares the file with what this makes.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { environmentName } from '../../conf/assignment.ts';
import { SECTIONS, SETTINGS, type Setting } from '../../conf/settings.ts';

/** The file in the source tree, seen from dist/test/support/. */
export const DAEMON_YAML: string = fileURLToPath(
  new URL('../../../conf/daemon.yaml', import.meta.url),
);

const WIDTH = 100;

/** The text of the file: every key, commented out, with its default, its bounds and its reason. */
export function daemonYaml(): string {
  const lines = [
    '# The configuration of goxel-supervisor. Every key stands here with its default, commented',
    '# out; remove the # before those you change. An unknown key is an error, and so is a value',
    '# outside its bounds.',
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
    '# This file is generated from conf/schema.ts: npm run generate',
    '# biome-ignore-all format: it removes the empty lines between comments',
  ];
  let sections: readonly string[] = [];
  for (const setting of SETTINGS.values()) {
    const names = setting.key.split('.').slice(0, -1);
    for (const [depth, name] of names.entries()) {
      if (sections[depth] === name && depth < sections.length) continue;
      const key = names.slice(0, depth + 1).join('.');
      lines.push(
        ...gap(lines),
        ...comment(SECTIONS.get(key) ?? '', depth),
        `${indent(depth)}${name}:`,
      );
      sections = names.slice(0, depth + 1);
    }
    sections = names;
    lines.push(...gap(lines), ...settingLines(setting, names.length));
  }
  return `${lines.join('\n')}\n`;
}

/** An empty line, but none right below the name of a section. */
function gap(lines: readonly string[]): string[] {
  return lines.at(-1)?.endsWith(':') ? [] : [''];
}

function settingLines(setting: Setting, depth: number): string[] {
  const name = setting.key.split('.').at(-1) ?? '';
  const bounds = `Takes ${setting.expected}.`;
  const when = setting.live ? '' : ' Counts from the next start.';
  const value = stringify(setting.default, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  return [
    ...comment(`${setting.description} ${bounds}${when}`, depth),
    `${indent(depth)}# ${name}: ${value}`,
  ];
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = daemonYaml();
  if (text !== readFileSync(DAEMON_YAML, { encoding: 'utf8', flag: 'a+' })) {
    writeFileSync(DAEMON_YAML, text);
  }
}
