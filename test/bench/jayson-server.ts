/** The same echo by jayson, a JSON-RPC server that many use. Takes the socket's path. */

import jayson from 'jayson';

const echo = (params: unknown, done: (error: null, result: unknown) => void) => done(null, params);
const server = new jayson.Server({ 'goxel.add_voxel': echo, 'goxel.get_voxel': echo });
server.tcp().listen(process.argv[2]);
