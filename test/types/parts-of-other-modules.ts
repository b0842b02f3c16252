import { SocketNamespace } from '../../src';

/** A module that reads a part of the schema of its own can say so, as an application can. */
declare module '../../src' {
  interface SocketNamespaceOptions {
    channels?: Record<string, { group?: string }>;
  }
}

SocketNamespace('/chat', { channels: { 'order.paid': { group: 'chat' } } });
// @ts-expect-error -- a channel is an object
SocketNamespace('/chat', { channels: { 'order.paid': 7 } });
// @ts-expect-error -- nobody has declared queues
SocketNamespace('/chat', { queues: {} });
