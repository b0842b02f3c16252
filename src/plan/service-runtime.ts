import type { Context, Service } from 'moleculer';
import type { SocketContext } from '../types';
import type { ForwardPlan, HandlerPlan } from './plan';

/*
 * The functions of the runtime that a gateway's service schema calls. The compiler writes the schema without importing the runtime.
 */

/** Runs at each step of a service's lifecycle. */
export interface GatewayLifecycle {
  created(service: Service): void;
  /** Before any mixin starts: finds the server and binds the namespaces. */
  attach(service: Service): void | Promise<void>;
  /** After the mixins have started: opens the port. */
  listen(service: Service): Promise<void>;
  /** After everything has started: lets clients in. */
  open(service: Service): void;
  stopped(service: Service): Promise<void>;
  /** Another node of the gateway has sent something. Must not throw. */
  receive(service: Service, ctx: Context): void;
}

/** Runs for Moleculer events that are forwarded to clients. */
export interface ForwardHandlers {
  /** An event has arrived. */
  forward(service: Service, forward: ForwardPlan, ctx: Context): unknown;
}

/** Runs the method that handles an event, inside of Moleculer's middlewares. Returns what the method returns. */
export type RunHandler = (handler: HandlerPlan, service: Service, ctx: SocketContext) => unknown;

/** Returns the name of a service with its version. Two versions of a gateway are two gateways with clients of their own. */
export function fullNameOf({ name, version }: Pick<Service, 'name' | 'version'>): string {
  if (version === undefined || version === null) return name;
  return `${typeof version === 'number' ? `v${version}` : version}.${name}`;
}
