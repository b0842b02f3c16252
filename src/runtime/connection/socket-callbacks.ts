import type { Socket } from 'socket.io';
import type { MethodPlan, SocketMethod } from '../../plan/plan';
import type { SocketMiddlewareHooks } from '../../types';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { hooksOf } from '../moleculer/internals';

/** Code of the application's that is called at a moment of a socket's life. */
export interface SocketCallback {
  /** What it is, for the log. */
  readonly what: string;
  call(socket: Socket, reason?: string): unknown;
}

/** Whom to call at the moments of a socket's life, in order: methods of the gateway, and hooks of the broker's middlewares. */
export interface SocketMoments {
  readonly connecting: readonly SocketCallback[];
  readonly connected: readonly SocketCallback[];
  readonly disconnecting: readonly SocketCallback[];
  readonly disconnected: readonly SocketCallback[];
}

/** Brings methods and hooks together, once for every gateway. Who comes first when sockets come is last when they go. */
export function momentsOf({ broker, plan, service }: GatewayRuntime): SocketMoments {
  const hooks = (name: Exclude<keyof SocketMiddlewareHooks, 'localSocketEvent'>): SocketCallback[] =>
    hooksOf<SocketMethod>(broker, name).map((hook) => ({
      what: `the ${name} of a middleware`,
      call: (socket, reason) => hook.call(broker, socket, reason),
    }));
  const methods = (declared: readonly MethodPlan[], decorator: string): SocketCallback[] =>
    declared.map(({ name, call }) => ({
      what: `the ${decorator} method ${name}`,
      call: (socket, reason) => (call as SocketMethod).call(service, socket, reason),
    }));
  return {
    connecting: hooks('socketConnecting'),
    connected: [...hooks('socketConnected'), ...methods(plan.onConnect, '@OnConnect')],
    disconnecting: methods(plan.onDisconnecting, '@OnDisconnecting'),
    disconnected: [...methods(plan.onDisconnect, '@OnDisconnect'), ...hooks('socketDisconnected').reverse()],
  };
}
