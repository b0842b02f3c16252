import type { Context, ServiceBroker } from 'moleculer';
import type { GatewayPlan } from '../../plan/plan';

/*
 * Moleculer checks the `params` of an action with the validator of the broker, before the handler runs.
 */

/** Checks `ctx.params`. Rejects with Moleculer's `ValidationError` 422. */
export type ParamsCheck = (ctx: Context) => PromiseLike<unknown>;

/** The part of an action, or of a subscription to an event, that a validator reads. */
export type WithParams = Readonly<Record<string, unknown>>;

type Handler = (ctx: Context) => PromiseLike<unknown>;
type Wrap = (handler: Handler, definition: object) => unknown;
type ValidatorMiddleware = Wrap | { readonly localAction?: Wrap } | null | undefined;

const passed: Handler = () => Promise.resolve();

/** Returns the check that a validator, by default the broker's, puts around an action; undefined if it puts none. */
export function paramsCheckOf(
  broker: ServiceBroker,
  action: WithParams,
  validator: ServiceBroker['validator'] = broker.validator,
): ParamsCheck | undefined {
  const { options } = broker;
  const isInstalled = options.internalMiddlewares !== false || options.middlewares?.includes('Validator');
  if (!isInstalled || typeof validator?.middleware !== 'function') return undefined;
  // 0.14 declares no parameter.
  const ofBroker = validator as { middleware(of: ServiceBroker): unknown };
  const middleware = ofBroker.middleware(broker) as ValidatorMiddleware;
  const wrap = typeof middleware === 'function' ? middleware : middleware?.localAction;
  const check = wrap?.call(broker, passed, action);
  return typeof check === 'function' && check !== passed ? (check as ParamsCheck) : undefined;
}

/** Returns the rules of a definition for its params; undefined if it has none. */
export function rulesOf(definition: WithParams): object | undefined {
  const { params } = definition;
  return typeof params === 'object' && params !== null ? params : undefined;
}

/**
 * Checks that the broker checks the `params` that a gateway declares.
 *
 * @throws Error that names the members of which they would not be checked
 */
export function assertParamsAreChecked(broker: ServiceBroker, plan: GatewayPlan): void {
  const declared = [
    ...plan.handlers.map(({ member, action }) => ({ member, definition: action })),
    ...plan.forwards.map(({ member, subscription }) => ({ member, definition: subscription })),
  ].filter(({ definition }) => rulesOf(definition));
  // A validator treats all definitions alike, so one is enough.
  const [first] = declared;
  if (!first || paramsCheckOf(broker, first.definition)) return;
  const members = new Set(declared.map(({ member }) => `${plan.className}.${member}`));
  throw new Error(
    `the params of ${[...members].join(', ')} are not checked, because this broker has no validator for params; take ` +
      '`validator: false` out of the options of the broker, or describe the payload with a class or a schema: ' +
      '@MessageBody({ type: NewMessage })',
  );
}
