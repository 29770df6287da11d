/** The ceilings of the configuration, `performance` and `limits`; `schema.ts` is the whole. */

import { GIB, HOUR_MS, KIB, MIB, memoryBytes, section } from './section.ts';
import { Type } from './type.ts';

/** What the original design calls by these names. */
export const performance = section('How many clients, and how long they may take.', {
  max_connections: Type.Integer({
    default: 256,
    live: true,
    original: 10,
    minimum: 1,
    maximum: 1024,
    description:
      'Connections open at a time; further ones are told so and closed. Pools of today open 50,' +
      ' and the C daemon has 256 by default.',
  }),
  request_timeout_ms: Type.Integer({
    default: 30_000,
    live: true,
    original: 30_000,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time for one request, from when it is begun; then it is stopped, nothing is changed, and' +
      ' it is answered with an error. As long may it wait before. Only an engine that does not' +
      ' stop within as long again (at least 5 s) gets another thread; no project is lost by it.',
  }),
  shutdown_timeout_ms: Type.Integer({
    default: 8000,
    live: true,
    original: 10_000,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time that the daemon takes to stop, at the most. When half of it is over, what is under' +
      ' way is given up and answered so. A thread that hangs then may keep the process for a' +
      ' second more. Containers are killed after 10 s, as a rule: the original would take as long.',
  }),
});

export const limits = section('Ceilings. What exceeds one gets an error that names the key.', {
  operators_max: Type.Integer({
    default: 2,
    live: true,
    minimum: 0,
    maximum: 64,
    description:
      'Connections beyond performance.max_connections, which may ask about the daemon and stop' +
      ' it, for a second each, so that an operator can always look.',
  }),
  idle_yield_ms: Type.Integer({
    default: 60_000,
    live: true,
    minimum: 0,
    maximum: 24 * HOUR_MS,
    description:
      'When all places are taken, a connection that asked for nothing for so long gives way to' +
      ' a new one.',
  }),
  frame_bytes_max: Type.Integer({
    default: 16 * MIB,
    live: true,
    minimum: KIB,
    maximum: 256 * MIB,
    description:
      'Bytes of one request, or one batch. It bounds what a connection can make the daemon' +
      ' hold; 16 MiB is some 300 000 voxels in JSON, the largest edit seen in the field, with' +
      ' room to spare.',
  }),
  header_bytes_max: Type.Integer({
    default: 4 * KIB,
    live: true,
    minimum: 64,
    maximum: 64 * KIB,
    description:
      'Bytes of the header of one request, where Content-Length framing is spoken; ten times' +
      ' what any client sends.',
  }),
  depth_max: Type.Integer({
    default: 64,
    live: true,
    minimum: 4,
    maximum: 512,
    description: 'Nesting of arrays and objects in a request; parsing recurses so deep.',
  }),
  batch_length_max: Type.Integer({
    default: 1000,
    live: true,
    minimum: 1,
    maximum: 100_000,
    description:
      'Requests in one JSON-RPC batch; its replies are held until the last of them is there.',
  }),
  requests_in_flight_max: Type.Integer({
    default: 1024,
    live: true,
    minimum: 1,
    maximum: 65_536,
    description:
      'Requests of one connection that wait for their reply; clients of today send up to 1000' +
      ' before they read one.',
  }),
  job_timeout_ms: Type.Integer({
    default: 600_000,
    live: true,
    minimum: 10,
    maximum: 24 * HOUR_MS,
    description: 'Time for one job (a render, an export), waiting included; then it is cancelled.',
  }),
  jobs_max: Type.Integer({
    default: 64,
    live: true,
    minimum: 1,
    maximum: 4096,
    description:
      'Jobs that wait or run at a time. Each keeps the voxels of its project as they were when' +
      ' it was asked for.',
  }),
  job_bytes_max: memoryBytes({
    default: '8%',
    live: false,
    minimum: MIB,
    maximum: 64 * GIB,
    floor: 64 * MIB,
    description:
      'Bytes that one job may hold beside the voxels it works on: the mesh of a picture, a count' +
      ' of colours. Jobs may take this at the same time, one in each thread: with the threads of' +
      ' workers.jobs, and that for saves and loads, a quarter of the memory.',
  }),
  script_timeout_ms: Type.Integer({
    default: 10_000,
    live: false,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time for one script; then it is stopped and nothing is changed. Other requests of the' +
      ' engine wait as long. Of no use beyond performance.request_timeout_ms, which stops it as' +
      ' well.',
  }),
  script_memory_bytes_max: Type.Integer({
    default: 64 * MIB,
    live: false,
    minimum: 16 * MIB,
    maximum: GIB,
    description: 'Memory of one script, its sandbox included, beside the voxels it makes.',
  }),
  partial_frame_timeout_ms: Type.Integer({
    default: 30_000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description: 'Time for a request that has begun to arrive to be complete.',
  }),
  stalled_text_timeout_ms: Type.Integer({
    default: 3000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time without a byte after which a JSON text that is half there, and not at the end of a' +
      ' line, is answered with an error: nothing says how much is to come, and its client may' +
      ' wait for the answer. Longer than four lost packets in a row take, shorter than the 5 s' +
      ' that clients wait. Where a length is announced partial_frame_timeout_ms alone counts.',
  }),
  send_timeout_ms: Type.Integer({
    default: 30_000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time without progress after which a client that does not take its replies is cut off. One' +
      ' that reads slowly makes progress.',
  }),
  output_bytes_max: Type.Integer({
    default: MIB,
    live: true,
    minimum: KIB,
    maximum: GIB,
    description:
      'Bytes of replies that wait for a slow reader; beyond it nothing more is read from that' +
      ' connection until it catches up.',
  }),
  held_bytes_max: memoryBytes({
    default: '5%',
    live: true,
    minimum: MIB,
    maximum: 64 * GIB,
    floor: 128 * MIB,
    description:
      'Bytes of requests and replies that wait for all connections together. Beyond it nothing' +
      ' more is read from a connection that has some, and large results give way to errors.',
  }),
  result_bytes_max: Type.Integer({
    default: 64 * MIB,
    live: true,
    minimum: KIB,
    maximum: 256 * MIB,
    description:
      'Bytes of one encoded result, and of those of one JSON-RPC batch together. A string of the' +
      ' JavaScript engine ends at 512 MiB.',
  }),
  voxel_bytes_max: memoryBytes({
    default: '50%',
    live: false,
    minimum: MIB,
    maximum: 64 * GIB,
    floor: 128 * MIB,
    description:
      'Bytes of voxels that all engines hold together for their projects. Nothing else bounds' +
      ' them: the memory limits of a worker thread do not count buffers. Half of what there is,' +
      ' since what can be undone, jobs and files to be loaded take theirs beside it. What is' +
      ' kept to draw the next picture takes up to a quarter as much, and goes first when voxels' +
      ' need the room.',
  }),
  project_voxel_bytes_max: memoryBytes({
    default: '25%',
    live: false,
    minimum: MIB,
    maximum: 64 * GIB,
    floor: 64 * MIB,
    description:
      'Bytes of voxels that one project holds, its selection among them, so that one project' +
      ' cannot take all that there is for all of them.',
  }),
  file_bytes_max: memoryBytes({
    default: '5%',
    live: false,
    minimum: KIB,
    maximum: 2 * GIB - 1,
    floor: 64 * MIB,
    description: 'Bytes of a file to be loaded, since it is read as a whole.',
  }),
  projects_max: Type.Integer({
    default: 256,
    live: true,
    minimum: 1,
    maximum: 65_536,
    description: 'Projects open at a time, in all engines together.',
  }),
});

export const history = section('What can be undone.', {
  bytes_max: memoryBytes({
    default: '5%',
    live: false,
    minimum: 0,
    maximum: 64 * GIB,
    floor: 32 * MIB,
    description:
      'Bytes that the steps which one project can undo and redo may hold, in blocks of voxels as' +
      ' they were before and after. Beyond it the oldest steps go first; 0 keeps none. All' +
      ' projects together keep a quarter of limits.voxel_bytes_max at most.',
  }),
});
