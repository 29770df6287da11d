/** The methods by which the daemon is operated; `daemon.ts` has those that ask about it. */

import { Type } from '../../conf/type.ts';
import { Success } from './schemas.ts';
import { method } from './spec.ts';

const NOTHING = Type.Object({});

export const debug = method({
  name: 'supervisor.debug',
  aliases: ['debug', 'daemon.debug', 'goxel.debug'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Turns debug lines on.',
  summary: 'Turns debug lines in the log on or off, or over, as SIGUSR2 does.',
  description:
    'Off is the level that the configuration has, or info where that is debug or trace. A reload' +
    ' with another level ends it.',
  params: Type.Object({
    on: Type.Optional(Type.Boolean({ description: 'Without it: the other way than now.' })),
  }),
  positional: ['on'],
  result: Type.Object({ level: Type.String({ description: 'From now on.' }) }),
  errors: [],
  examples: [{ name: 'off', params: { on: false }, result: { level: 'info' } }],
});

const CHANGES = Type.Array(
  Type.Object({ key: Type.String(), from: Type.Unknown(), to: Type.Unknown() }),
);

export const reload = method({
  name: 'supervisor.reload',
  aliases: ['daemon.reload', 'goxel.reload', 'reload_config', 'system.reload'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Reads the settings again.',
  summary: 'Reads the configuration again, checks all of it, and takes over what has changed.',
  description:
    'As the signal SIGHUP does. When anything is wrong, nothing changes. Open connections stay.' +
    ' The environment of a running process never changes; what it sets is set again. Asked' +
    ' while a reload is under way, it is answered by the next one.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    applied: CHANGES,
    restart_needed: CHANGES,
    unchanged: Type.Boolean({ description: 'Whether both are empty.' }),
    warnings: Type.Array(Type.String()),
  }),
  errors: ['GOX_CONFIG', 'GOX_SHUTTING_DOWN'],
  examples: [{ name: 'as is', params: {} }],
});

const PROCESS = {
  pid: Type.Integer({ minimum: 1 }),
  version: Type.String(),
};

export const upgrade = method({
  name: 'supervisor.upgrade',
  aliases: ['daemon.upgrade', 'goxel.upgrade', 'system.upgrade'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Starts the program anew.',
  summary: 'Starts the program anew, and has that process take over, without refusing a client.',
  description:
    'The program is the one that is installed by now, with the same command line and environment;' +
    ' the configuration is read anew. Answered as soon as the other process can take over: then' +
    ' requests that are under way are answered, and connections and projects go over to it. What' +
    ' is sent meanwhile waits. When it does not come up nothing changes.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    ...PROCESS,
    before: Type.Object(PROCESS, { description: 'The process that it takes over from.' }),
  }),
  errors: ['GOX_UPGRADE', 'GOX_SHUTTING_DOWN'],
  examples: [{ name: 'as is', params: {} }],
});

export const shutdown = method({
  name: 'shutdown',
  aliases: [
    'daemon.shutdown',
    'goxel.shutdown',
    'goxel.shutdown_daemon',
    'shutdown_daemon',
    'system.shutdown',
  ],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Stops the daemon.',
  summary: 'Stops the daemon: takes no more requests, answers those it has, exits.',
  params: NOTHING,
  positional: [],
  result: Type.Object({ success: Success }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});
