/**
 * The one catalogue of errors. Every failure that a client, an operator or a caller of our modules
 * can meet has a stable code here, the JSON-RPC number it travels under, whether sending the same
 * request again can help, and what to do about it.
 *
 * Numbers: -32700…-32600 are JSON-RPC's own. -32000…-32099 are ours for the daemon's conditions.
 * -1001…-1015 are those of the v14 daemon for failed operations, which some of its clients print.
 */

export interface ErrorEntry {
  /** The JSON-RPC `error.code`. */
  readonly number: number;
  /**
   * Whether the same request may succeed when sent again later; `retryable` of details tells too.
   */
  readonly retryable: boolean;
  /** One sentence for the user: what to do. */
  readonly advice: string;
}

export const ERRORS = {
  GOX_PARSE: {
    number: -32700,
    retryable: false,
    advice: 'Send one complete JSON text (or MessagePack value) per request, in UTF-8.',
  },
  GOX_INVALID_REQUEST: {
    number: -32600,
    retryable: false,
    advice:
      'Send an object with "jsonrpc":"2.0", a string "method", and "id" a string, number or null.',
  },
  GOX_METHOD_NOT_FOUND: {
    number: -32601,
    retryable: false,
    advice: 'Call list_methods or rpc.discover for the names this daemon knows.',
  },
  GOX_INVALID_PARAMS: {
    number: -32602,
    retryable: false,
    advice: 'Compare the parameters with the schema that rpc.discover gives for the method.',
  },
  GOX_INTERNAL: {
    number: -32603,
    retryable: false,
    advice: 'This is a defect of the daemon: please report it with the log line of this request.',
  },
  GOX_FRAME_TOO_LARGE: {
    number: -32001,
    retryable: false,
    advice: 'Split the request, or raise limits.frame_bytes_max in the configuration.',
  },
  GOX_FRAME_TIMEOUT: {
    number: -32700,
    retryable: false,
    advice: 'Finish each request; a connection that leaves one half sent is closed.',
  },
  GOX_TOO_DEEP: {
    number: -32002,
    retryable: false,
    advice: 'Nest the value less deeply, or raise limits.depth_max in the configuration.',
  },
  GOX_BATCH_TOO_LONG: {
    number: -32003,
    retryable: false,
    advice: 'Send fewer requests in a batch, or raise limits.batch_length_max.',
  },
  GOX_OVERLOADED: {
    number: -32004,
    retryable: true,
    advice: 'Wait until less is under way or held, or raise the key that the message names.',
  },
  GOX_TOO_MANY_CONNECTIONS: {
    number: -32005,
    retryable: true,
    advice: 'Close a connection, or raise limits.connections_max in the configuration.',
  },
  GOX_SHUTTING_DOWN: {
    number: -32006,
    retryable: true,
    advice: 'The daemon is stopping; connect again when it is back.',
  },
  GOX_ENGINE_LOST: {
    number: -32007,
    retryable: true,
    advice: 'The engine that ran this request died and is being restarted; its outcome is unknown.',
  },
  GOX_ENGINE_FAILED: {
    number: -32008,
    retryable: false,
    advice: 'Threads ended again and again: the log says why. Restart the daemon if it goes on.',
  },
  GOX_REQUEST_TIMEOUT: {
    number: -32009,
    retryable: false,
    advice: 'Ask for less in one request, or raise the key that the message names.',
  },
  GOX_ENGINE_BUSY: {
    number: -32021,
    retryable: true,
    advice: 'The engine of this project has been busy with other requests; send it again later.',
  },
  GOX_CANCELLED: {
    number: -32025,
    retryable: true,
    advice: 'The work was given up before its end; the message says why. Nothing was changed.',
  },
  GOX_PROJECT_NOT_FOUND: {
    number: -32010,
    retryable: false,
    advice: 'Create it with goxel.create_project or load it with goxel.load_project first.',
  },
  GOX_PROJECT_LOST: {
    number: -32011,
    retryable: false,
    advice: 'Its engine died; create or load the project again.',
  },
  GOX_UNSAVED: {
    number: -32030,
    retryable: false,
    advice: 'Save it first, name another project, or send overwrite: true.',
  },
  GOX_LAYER_NOT_FOUND: {
    number: -32012,
    retryable: false,
    advice: 'Call goxel.list_layers for the ids there are.',
  },
  GOX_MEMORY_LIMIT: {
    number: -32013,
    retryable: false,
    advice: 'Edit less at once, close projects, or raise the key that the message names.',
  },
  GOX_PATH_REFUSED: {
    number: -32014,
    retryable: false,
    advice: 'Use a path below one of files.roots of the configuration.',
  },
  GOX_FILE: {
    number: -32015,
    retryable: false,
    advice: 'Check that the path exists and that the daemon may read or write it.',
  },
  GOX_FORMAT_UNKNOWN: {
    number: -32016,
    retryable: false,
    advice: 'Give a file name with a supported extension, or the format parameter.',
  },
  GOX_FORMAT_BROKEN: {
    number: -32017,
    retryable: false,
    advice: 'The file is damaged or of another format; open it in Goxel to compare.',
  },
  GOX_FORMAT_LIMIT: {
    number: -32018,
    retryable: false,
    advice: 'The model does not fit into that format; choose another one or crop the model.',
  },
  GOX_RESULT_TOO_LARGE: {
    number: -32019,
    retryable: false,
    advice: 'Ask for a smaller page or region.',
  },
  GOX_LAYER_LIMIT: {
    number: -32020,
    retryable: false,
    advice: 'Delete or reuse layers.',
  },
  GOX_SCRIPT_FAILED: {
    number: -32022,
    retryable: false,
    advice: 'Correct the script at the line and column that the details name; nothing was changed.',
  },
  GOX_SCRIPT_TIMEOUT: {
    number: -32023,
    retryable: false,
    advice: 'Do less in one script, or allow it more time; nothing was changed.',
  },
  GOX_SCRIPT_MEMORY: {
    number: -32024,
    retryable: false,
    advice: 'Keep less in the variables of the script; nothing was changed.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** What travels beside the message: structured facts, never stack traces. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The `error` member of a JSON-RPC reply. */
export interface ErrorObject {
  code: number;
  message: string;
  data: { code: ErrorCode; retryable: boolean; advice: string; details?: ErrorDetails };
}

/**
 * The one error class that crosses our boundaries. `message` is one English sentence that says what
 * is wrong and where; the catalogue adds what to do.
 */
export class GoxError extends Error {
  override readonly name = 'GoxError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, details?: ErrorDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** The JSON-RPC form. */
  toObject(): ErrorObject {
    return errorObject(this.code, this.message, this.details);
  }
}

/** The JSON-RPC form of an error of the catalogue. */
export function errorObject(code: ErrorCode, message: string, details?: ErrorDetails): ErrorObject {
  const { number, retryable, advice } = ERRORS[code];
  // A shortage passes, whatever else the code may mean.
  const passes = retryable || details?.retryable === true;
  const data: ErrorObject['data'] = { code, retryable: passes, advice };
  if (details !== undefined) data.details = details;
  return { code: number, message, data };
}
