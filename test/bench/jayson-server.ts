/** The same echo by jayson, a JSON-RPC server that many use. Takes the socket's path. */

import jayson from 'jayson';

const server = new jayson.Server({
  'goxel.add_voxel': (params: unknown, done: (error: null, result: unknown) => void) =>
    done(null, params),
});
server.tcp().listen(process.argv[2]);
