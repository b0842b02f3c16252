import type * as moleculerIo from './moleculer-io/socket-io-service';

export { SocketGateway } from './gateway';
export { compileGateway } from './compile-gateway';
export { moleculerAdapter } from './runtime/cluster/moleculer-adapter';
export type {
  ActionPlan,
  AutoExposePlan,
  DynamicPath,
  EventPlan,
  ForwardPlan,
  FunctionPlan,
  GatewayPlan,
  GuardPlan,
  HandlerPlan,
  LiteralPath,
  PathPlan,
  ProxyPlan,
  RateLimitPlan,
  ServicePlan,
  StreamPlan,
} from './plan/plan';

export { Ack } from './decorators/ack';
export { AllowAnonymous } from './decorators/allow-anonymous';
export { Authenticate } from './decorators/authenticate';
export { Authorize } from './decorators/authorize';
export { ConnectedSocket } from './decorators/connected-socket';
export { Ctx } from './decorators/ctx';
export { decorate, type GatewayClassDecorator, type GatewayMemberDecorator } from './decorators/decorate';
export { ForwardEvent } from './decorators/forward-event';
export { MessageBody } from './decorators/message-body';
export { MessageStream } from './decorators/message-stream';
export { Meta } from './decorators/meta';
export { NamespaceMiddleware } from './decorators/namespace-middleware';
export { NspParam } from './decorators/nsp-param';
export { NspParams } from './decorators/nsp-params';
export { OnAfterCall } from './decorators/on-after-call';
export { OnBeforeCall } from './decorators/on-before-call';
export { OnCallError } from './decorators/on-call-error';
export { OnConnect } from './decorators/on-connect';
export { OnDisconnect } from './decorators/on-disconnect';
export { OnDisconnecting } from './decorators/on-disconnecting';
export { OnPresence } from './decorators/on-presence';
export { PacketMiddleware } from './decorators/packet-middleware';
export { RateLimit } from './decorators/rate-limit';
export { SocketEvent } from './decorators/socket-event';
export { SocketId } from './decorators/socket-id';
export { SocketIO } from './decorators/socket-io';
export { SocketNamespace } from './decorators/socket-namespace';
export { SocketQueryParam } from './decorators/socket-query-param';
export { SocketRequest } from './decorators/socket-request';
export { SocketRooms } from './decorators/socket-rooms';
export { User } from './decorators/user';

export { replCommands } from './runtime/repl/repl-commands';
export type { ReplCommand } from './runtime/repl/repl-command';

export * as Errors from './errors';
export { DeclarationError, type DeclarationProblem } from './errors';
export type * from './types';

const lazy = {
  get SocketIOService() {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- most applications do not need it
    return (require('./moleculer-io/socket-io-service') as typeof moleculerIo).SocketIOService;
  },
};

/**
 * moleculer-io's mixin on this library: its settings, methods, hooks and wire format, without its mistakes.
 *
 * @example
 * broker.createService({ name: 'io', mixins: [SocketIOService], settings: { port: 3000 } });
 */
export declare const SocketIOService: typeof moleculerIo.SocketIOService;
// Node reads the names of exports from this very form.
Object.defineProperty(exports, 'SocketIOService', {
  enumerable: true,
  get() {
    return lazy.SocketIOService;
  },
});
