import type { Context, Service } from 'moleculer';
import type { SocketContext } from '../types';
import type { ForwardPlan, HandlerPlan } from './plan';

/*
 * The functions of the runtime that a gateway's service schema calls. The compiler writes the schema without importing the runtime.
 */

/** Runs at each step of a service's lifecycle. */
export interface GatewayLifecycle {
  created(service: Service): void;
  /** Finds the server and binds the namespaces, before any mixin starts. */
  attach(service: Service): void | Promise<void>;
  /** Opens the port, after the mixins have started. */
  listen(service: Service): Promise<void>;
  /** Lets clients in, after everything has started. */
  open(service: Service): void;
  stopped(service: Service): Promise<void>;
  /** Receives what another node of the gateway has sent. Must not throw. */
  receive(service: Service, ctx: Context): void;
}

/** Runs for Moleculer events that are forwarded to clients. */
export interface ForwardHandlers {
  /** Handles an event that has arrived. */
  forward(service: Service, forward: ForwardPlan, ctx: Context): unknown;
}

/** Runs the method that handles an event, inside of Moleculer's middlewares. Returns what the method returns. */
export type RunHandler = (handler: HandlerPlan, service: Service, ctx: SocketContext) => unknown;

/** Returns the name of a service with its version. Two versions of a gateway are two gateways with clients of their own. */
export function fullNameOf({ name, version }: Pick<Service, 'name' | 'version'>): string {
  if (version === undefined || version === null) return name;
  return `${typeof version === 'number' ? `v${version}` : version}.${name}`;
}
