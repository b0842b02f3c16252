import type { MethodPlan, SocketMethod } from '../../plan/plan';
import type { SocketMiddlewareHooks } from '../../types';
import type { Gateway, SocketCallback, SocketCallbacks } from '../model';
import { hooksOf } from '../moleculer/internals';

/**
 * Collects what is called when sockets come and go: methods of the gateway and hooks of the broker's middlewares. Called once
 * per gateway. Disconnecting runs in the reverse order of connecting.
 */
export function socketCallbacksOf({
  broker,
  plan,
  service,
}: Pick<Gateway, 'broker' | 'plan' | 'service'>): SocketCallbacks {
  const hooks = (name: Exclude<keyof SocketMiddlewareHooks, 'localSocketEvent'>): SocketCallback[] =>
    hooksOf<SocketMethod>(broker, name).map((hook) => ({
      what: `the ${name} of a middleware`,
      call: (socket, reason, description) => hook.call(broker, socket, reason, description),
    }));
  const methods = (declared: readonly MethodPlan[], decorator: string): SocketCallback[] =>
    declared.map(({ name, call }) => ({
      what: `the ${decorator} method ${name}`,
      call: (socket, reason, description) =>
        (call as SocketMethod).call(service, socket, reason, description),
    }));
  return {
    connecting: hooks('socketConnecting'),
    connected: [...hooks('socketConnected'), ...methods(plan.onConnect, '@OnConnect')],
    disconnecting: methods(plan.onDisconnecting, '@OnDisconnecting'),
    disconnected: [...methods(plan.onDisconnect, '@OnDisconnect'), ...hooks('socketDisconnected').reverse()],
  };
}
