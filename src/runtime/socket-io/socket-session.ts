import type { Socket } from 'socket.io';
import type { GatewayRuntime } from '../gateway/build-gateway';

const GATEWAY = Symbol('gateway');

/** From now on the socket is one of the gateway's. */
export function assignGateway(socket: Socket, gateway: GatewayRuntime): void {
  (socket as object as { [GATEWAY]: GatewayRuntime })[GATEWAY] = gateway;
}

/** The gateway that serves a socket; there is one from the moment in which the socket asks for its namespace. */
export function gatewayOf(socket: Socket): GatewayRuntime {
  return (socket as object as { [GATEWAY]: GatewayRuntime })[GATEWAY];
}

/** Whether a gateway serves the socket yet. */
export function isServed(socket: Socket): boolean {
  return (gatewayOf(socket) as GatewayRuntime | undefined) !== undefined;
}
