import { debuglog } from 'node:util';

/**
 * Writes to stderr how the gateways decide: bindings, admissions, refusals, messages between nodes. Only with
 * `NODE_DEBUG=socket-gateway` in the environment. Text of clients is to go through `printable`.
 * Where clients decide how often it is called, ask `debug.enabled` first: even without the variable, a call gathers its arguments.
 */
export const debug = debuglog('socket-gateway');
