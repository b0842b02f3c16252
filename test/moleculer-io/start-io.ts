import type { ServiceSchema } from 'moleculer';
import { SocketIOService } from '../../src';
import {
  start,
  type Options,
  type Registered,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

/** A running service of moleculer-io, with the methods and settings of the mixin. */
export type RunningIo = Omit<Running, 'gateway'> & {
  readonly gateway: Omit<RunningGateway, 'settings'> & Record<string, any>;
};

/** Parts of a schema, as users of plain JavaScript write them. */
export type Parts = Record<string, unknown> & { readonly settings?: object };

/** The schema of a service with the mixin. */
export function ioSchema(namespaces?: object, parts: Parts = {}): ServiceSchema {
  return {
    name: 'io',
    mixins: [SocketIOService],
    ...parts,
    settings: { port: 0, ...(namespaces && { io: { namespaces } }), ...parts.settings },
  } as unknown as ServiceSchema;
}

/** Starts a service with the mixin, and others beside it. */
export function startIo(
  namespaces?: object,
  parts?: Parts,
  others: readonly Registered[] = [MATH],
  options?: Options,
): Promise<RunningIo> {
  return start([ioSchema(namespaces, parts), ...others], options);
}

/** A service to call. */
export const MATH: ServiceSchema = {
  name: 'math',
  actions: {
    add: {
      params: { a: 'number', b: 'number' },
      handler: (ctx) => Number(ctx.params.a) + Number(ctx.params.b),
    },
    params: (ctx) => ctx.params,
    meta: (ctx) => ctx.meta,
    where: (ctx) => ctx.broker.nodeID,
  },
};
