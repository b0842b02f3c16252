import { debuglog } from 'node:util';

/**
 * Writes to stderr how the gateways decide: bindings, admissions, refusals, messages between nodes. Only with
 * `NODE_DEBUG=socket-gateway` in the environment. Text of clients is to go through `printable`.
 */
export const debug = debuglog('socket-gateway');
