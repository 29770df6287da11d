/**
 * The one catalogue of errors. Every failure that a client, an operator or a caller of our modules
 * can meet has a stable code here, the JSON-RPC number it travels under, whether sending the same
 * request again can help, and what to do about it.
 *
 * Numbers: -32700…-32600 are JSON-RPC's own. -32000…-32099 are ours for the daemon's conditions.
 * -1001…-1021 are those of the v14 daemon for failed operations, which some of its clients print.
 */

import type { ErrorEntry } from './error-entry.ts';
import { FILE_ERRORS } from './file-errors.ts';
import { JOURNAL_ERRORS } from './journal-errors.ts';

export const ERRORS = {
  GOX_PARSE: {
    number: -32700,
    retryable: false,
    meaning:
      'The bytes are no JSON text or MessagePack value, are cut short, or are not valid UTF-8. ' +
      'The id is null when it could not be read.',
    advice: 'Send one complete JSON text (or MessagePack value) per request, in UTF-8.',
  },
  GOX_INVALID_REQUEST: {
    number: -32600,
    retryable: false,
    meaning: 'The message could be read, but is no JSON-RPC 2.0 request, or the batch is empty.',
    advice:
      'Send an object with "jsonrpc":"2.0", a string "method", and "id" a string, number or null.',
  },
  GOX_METHOD_NOT_FOUND: {
    number: -32601,
    retryable: false,
    meaning: 'No method has this name; the message tells names that are like it.',
    advice: 'Call list_methods or rpc.discover for the names this daemon knows.',
  },
  GOX_INVALID_PARAMS: {
    number: -32602,
    retryable: false,
    meaning:
      'A parameter is missing, unknown, of another type or out of its bounds. Nothing was done.',
    advice: 'Compare the parameters with the schema that rpc.discover gives for the method.',
    details:
      '`parameter`: where it stands, as `params.color.r`; for some also the bounds, `min` and ' +
      '`max`',
  },
  GOX_INTERNAL: {
    number: -32603,
    retryable: false,
    meaning: 'A defect: the method failed in a way that nobody foresaw. The log has the stack.',
    advice: 'This is a defect of the daemon: please report it with the log line of this request.',
  },
  GOX_FRAME_TOO_LARGE: {
    number: -32001,
    retryable: false,
    meaning: 'One message is larger than the daemon takes.',
    advice: 'Split the request, or raise limits.frame_bytes_max in the configuration.',
    details: '`key`, `bytes` at least, `bytes_max`',
  },
  GOX_FRAME_TIMEOUT: {
    number: -32700,
    retryable: false,
    meaning: 'A message began, and its rest did not come in time. The connection is closed.',
    advice: 'Finish each request; a connection that leaves one half sent is closed.',
    details: '`partial_frame_timeout_ms` or `stalled_text_timeout_ms`',
  },
  GOX_TOO_DEEP: {
    number: -32002,
    retryable: false,
    meaning: 'Arrays and objects of the message are nested too deeply.',
    advice: 'Nest the value less deeply, or raise limits.depth_max in the configuration.',
    details: '`depth_max`',
  },
  GOX_BATCH_TOO_LONG: {
    number: -32003,
    retryable: false,
    meaning: 'A batch has more requests than the daemon takes; none of them was done.',
    advice: 'Send fewer requests in a batch, or raise limits.batch_length_max.',
    details: '`batch_length_max`',
  },
  GOX_OVERLOADED: {
    number: -32004,
    retryable: true,
    meaning:
      'The daemon holds as much as a key allows: requests that wait for an engine or are under ' +
      'way, jobs, projects, or bytes of replies that wait for their readers.',
    advice: 'Wait until less is under way or held, or raise the key that the message names.',
    details:
      'the limit that was met: `queue_size`, `requests_in_flight_max`, `jobs_max`, ' +
      '`projects_max` or `held_bytes_max`; `bytes`; with `queue_size`, `retry_after_ms`: when ' +
      'what waits now will have been begun, by the speed of late',
  },
  GOX_TOO_MANY_CONNECTIONS: {
    number: -32005,
    retryable: true,
    meaning:
      'There is no place for another connection, or this one was idle for longest and another ' +
      'client needs its place. The connection is closed.',
    advice: 'Close a connection, or raise performance.max_connections in the configuration.',
    details: '`limit`',
  },
  GOX_RATE_LIMITED: {
    number: -32035,
    retryable: true,
    meaning:
      'One address opens connections over TCP faster than it may. The connection is closed, and ' +
      'so is any other from there for a while.',
    advice:
      'Keep one connection open for many requests, and connect again after details.retry_after_ms.',
    details: '`retry_after_ms`',
  },
  GOX_SHUTTING_DOWN: {
    number: -32006,
    retryable: true,
    meaning: 'The daemon stops. The request was not begun, or what it had begun was given up.',
    advice: 'The daemon is stopping; connect again when it is back.',
  },
  GOX_ENGINE_LOST: {
    number: -32007,
    retryable: true,
    meaning:
      'The thread that did the job of the request ended before its answer, so a file may or may ' +
      'not have been written. The project is as it was.',
    advice: 'The thread is being restarted: send the request again.',
  },
  GOX_ENGINE_FAILED: {
    number: -32008,
    retryable: false,
    meaning:
      'A thread ended more often than the restart policy allows, or ended with the job that it ' +
      'ran.',
    advice: 'Threads ended again and again: the log says why. Restart the daemon if it goes on.',
  },
  GOX_REQUEST_TIMEOUT: {
    number: -32009,
    retryable: false,
    meaning: 'The request ran longer than it may, and was stopped.',
    advice: 'Ask for less in one request, or raise the key that the message names.',
  },
  GOX_ENGINE_BUSY: {
    number: -32021,
    retryable: true,
    meaning: 'The request waited for as long as it may, and was not begun.',
    advice: 'The engine of this project has been busy with other requests; send it again later.',
  },
  GOX_CANCELLED: {
    number: -32025,
    retryable: true,
    meaning: 'Somebody cancelled the request or its job, or its connection was closed.',
    advice: 'The work was given up before its end; the message says why. Nothing was changed.',
  },
  GOX_PROJECT_NOT_FOUND: {
    number: -32010,
    retryable: false,
    meaning: 'No project has this name.',
    advice: 'Create it with goxel.create_project or load it with goxel.load_project first.',
    details: '`project`: the name',
  },
  GOX_PROJECT_LOST: {
    number: -32011,
    retryable: false,
    meaning:
      'The thread that held the project ended, and no other could make it anew. It answers so ' +
      'until it is made again or closed.',
    advice: 'The log says why; create or load the project again.',
    details: '`project`: the name',
  },
  GOX_UNSAVED: {
    number: -32030,
    retryable: false,
    meaning: 'The request would replace a project with edits that are in no file.',
    advice: 'Save it first, name another project, or send overwrite: true.',
    details: '`project`; of what would be replaced: `name`, its title, `voxel_count`, `unsaved`',
  },
  GOX_LAYER_NOT_FOUND: {
    number: -32012,
    retryable: false,
    meaning: 'The project has no such layer.',
    advice: 'Call goxel.list_layers for the ids there are.',
    details: '`layer`: the id, where one was given',
  },
  GOX_MEMORY_LIMIT: {
    number: -32013,
    retryable: false,
    meaning:
      'The edit, the file, the picture or the count needs more memory than it may take. Nothing' +
      ' was changed.',
    advice: 'Edit less at once, close projects, or raise the key that the message names.',
    details:
      '`bytes`: how many are needed, at least; `key`: the key of the configuration, with ' +
      '`bytes_max` and, where others take of it too, `bytes_free`; for files `file`; in place of ' +
      'these, a bound that is the same everywhere and what exceeds it, as `triangles_max`',
  },
  GOX_RENDER_NOT_FOUND: {
    number: -1020,
    retryable: false,
    meaning:
      'The path is none of a managed render: its time is over, somebody has removed it, or it ' +
      'never was one. Nothing else is ever removed.',
    advice: 'Call goxel.list_renders for those that there are, or render it again.',
    details: '`path`',
  },
  GOX_RENDERS_FULL: {
    number: -32058,
    retryable: false,
    meaning:
      'There is no room for the picture among the managed renders, and all others are of the last' +
      ' seconds; or it is larger than all of them may be. It is not kept.',
    advice:
      'Remove renders that are done with (goxel.cleanup_render), ask again a few seconds later, ' +
      'or raise the key that the message names.',
    details: '`key`, its value, `bytes` of the picture; `retryable`: true where time helps',
  },
  ...FILE_ERRORS,
  GOX_RESULT_TOO_LARGE: {
    number: -32019,
    retryable: false,
    meaning:
      'The result has more bytes than one reply may have. Where the message says so, the ' +
      'request was carried out all the same.',
    advice: 'Ask for a smaller page or region.',
    details: '`key`, `bytes` at least, `bytes_max`',
  },
  GOX_LAYER_LIMIT: {
    number: -32020,
    retryable: false,
    meaning: 'The project has as many layers, materials or cameras as it can.',
    advice: 'Delete or reuse layers, materials or cameras.',
    details: '`layers_max`, `materials_max` or `cameras_max`',
  },
  GOX_SCRIPT_FAILED: {
    number: -32022,
    retryable: false,
    meaning:
      'The script cannot be read, threw an exception, ended itself, or printed, returned or ' +
      'wrote too much.',
    advice: 'Correct the script at the line and column that the details name; nothing was changed.',
    details:
      '`line` and `column`, from 1; `stack`; `output`: the last lines that it printed; the ' +
      'limit that was met',
  },
  GOX_SCRIPT_TIMEOUT: {
    number: -32023,
    retryable: false,
    meaning: 'The script ran longer than it may.',
    advice: 'Do less in one script, or allow it more time; nothing was changed.',
    details: 'as those of `GOX_SCRIPT_FAILED`; `deadline_ms`',
  },
  GOX_SCRIPT_MEMORY: {
    number: -32024,
    retryable: false,
    meaning: 'The script needs more memory than its sandbox has.',
    advice: 'Keep less in the variables of the script; nothing was changed.',
    details: 'as those of `GOX_SCRIPT_FAILED`; `key`, `bytes` at least, `bytes_max`',
  },
  GOX_NOTHING_SELECTED: {
    number: -32027,
    retryable: false,
    meaning: 'The method works on the selection, and nothing is selected.',
    advice: 'Call goxel.select first, or make a selection that holds voxels.',
  },
  GOX_CONFIG: {
    number: -32045,
    retryable: false,
    meaning:
      'The configuration that the daemon was told to read again cannot be taken over: it has ' +
      'mistakes, or something that it asks for cannot be had. All of the old one stays in force.',
    advice: 'Correct what the message names (`config check` tries it), and reload again.',
    details: '`problems`: sentences, each with the file, line and column where there is one',
  },
  GOX_NOTHING_COPIED: {
    number: -32028,
    retryable: false,
    meaning: 'There is nothing to paste.',
    advice: 'Call goxel.copy first; the clipboard is one for all projects.',
  },
  GOX_NOTHING_TO_UNDO: {
    number: -32046,
    retryable: false,
    meaning: 'The history of the project has no step that could be undone.',
    advice:
      'goxel.get_history lists what can be; older steps go when history.bytes_max is reached.',
    details: '`forgotten`: how many steps went for the sake of memory; `bytes_max`',
  },
  GOX_NOTHING_TO_REDO: {
    number: -32047,
    retryable: false,
    meaning: 'Nothing was undone since the last edit, or nothing that could be kept.',
    advice: 'Undo comes first; an edit after it ends what could be done again.',
    details: '`forgotten`: how many undone steps went for the sake of memory; `bytes_max`',
  },
  GOX_CHECKPOINT_NOT_FOUND: {
    number: -32048,
    retryable: false,
    meaning: 'The project has no checkpoint of that name.',
    advice: 'goxel.get_history lists those that there are.',
    details: '`checkpoint`, `checkpoints`',
  },
  GOX_CHECKPOINT_LIMIT: {
    number: -32049,
    retryable: false,
    meaning: 'The project has as many checkpoints as it may have.',
    advice: 'Delete one that is not needed (goxel.delete_checkpoint).',
    details: '`checkpoints_max`',
  },
  GOX_STEP_NOT_FOUND: {
    number: -32050,
    retryable: false,
    meaning: 'The history has no step of that number (any more).',
    advice: 'goxel.get_history lists the steps; a checkpoint lasts longer than they do.',
    details: '`step`, `first`, `last`: what can be gone to',
  },
  GOX_UNAUTHENTICATED: {
    number: -32040,
    retryable: false,
    meaning:
      'The connection has not shown a token yet, or the token that it showed is no longer in the ' +
      'file. The request was not run.',
    advice:
      'Send system.authenticate with {"token": "..."} as the first request of the connection ' +
      '(commands: set GOXEL_TOKEN, or give --token-file); who runs the daemon has the tokens.',
    details: '`authentication_timeout_ms`: when the connection is closed for it',
  },
  GOX_TOKEN_REFUSED: {
    number: -32041,
    retryable: false,
    meaning:
      'The token is not one of the daemon. The answer is held back for a second, and after the ' +
      'third wrong one the connection is closed.',
    advice: 'Ask whoever runs the daemon for a token of its security.token_file.',
    details: '`attempts_left`: how many more this connection has',
  },
  GOX_FORBIDDEN: {
    number: -32042,
    retryable: false,
    meaning:
      'The method needs a higher level than the token of the connection has; nothing was run.',
    advice: 'Use a token of the level that the message names, or a method that needs a lower one.',
    details: '`level_needed`, `level_held`: `read`, `standard` or `admin`',
  },
  GOX_INSPECTOR: {
    number: -32029,
    retryable: false,
    meaning: 'The inspector cannot be served, at this port or at all. The daemon goes on without.',
    advice: 'Ask for another port, or for 0, which is one that is free.',
  },
  ...JOURNAL_ERRORS,
} as const satisfies Record<string, ErrorEntry>;
