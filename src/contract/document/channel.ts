import { servesName } from '../../plan/paths';
import type { EventPlan, ForwardPlan, GatewayPlan, PathPlan } from '../../plan/plan';
import type { PayloadType } from '../../types';
import { Names } from '../names';
import { unsaid, type JsonSchema } from '../schemas/json-schema';
import { schemaOf } from '../schemas/payload-schema';
import type { SchemaContext } from '../schemas/schema-context';
import type { SchemaRegistry } from '../schemas/schema-registry';
import type { ContractChannel, ContractMessage, ContractOperation, Reference } from './asyncapi';
import { addressOf } from './channel-address';
import type { DescribedEvent } from './described-gateway';
import { streamsOf } from './event-streams';
import { authorizationOf, describeAccess, errorsOf, rateLimitOf } from './event-access';
import { argumentsOfAction, argumentsOfHandler, argumentsOfProxy, type Argument } from './event-arguments';
import { errorMessage, replyMessage, type ErrorSchemas } from './event-reply';
import { PRESENCE_DESCRIPTION, PRESENCE_EVENT, PRESENCE_SCHEMA } from './presence-message';

/** The context in which channels are created. */
export interface DocumentParts {
  readonly registry: SchemaRegistry;
  readonly errors: ErrorSchemas;
  readonly operations: Record<string, ContractOperation>;
}

/** Describes one namespace: its messages, and the operations of the document that use them. */
export class Channel {
  private readonly messages: Record<string, ContractMessage> = {};
  private readonly names = new Names();
  private readonly operationNames = new Names();
  private readonly reference: Reference;

  /** @param key the key of the channel in the document */
  constructor(
    private readonly gateway: GatewayPlan,
    private readonly path: PathPlan,
    private readonly key: string,
    private readonly parts: DocumentParts,
  ) {
    this.reference = { $ref: `#/channels/${key}` };
  }

  /** @param events what clients may send */
  describe(events: readonly DescribedEvent[]): ContractChannel {
    for (const event of events) this.receive(event);
    for (const [event, types] of this.gateway.sends)
      this.send(event, event, this.sent(event, types), undefined);
    for (const forward of this.gateway.forwards) this.forward(forward);
    if (this.gateway.presence?.notify && !this.gateway.sends.has(PRESENCE_EVENT))
      this.send(PRESENCE_EVENT, PRESENCE_EVENT, { payload: PRESENCE_SCHEMA }, PRESENCE_DESCRIPTION);
    const { address, parameters, description } = addressOf(this.path);
    const access =
      this.gateway.guard && !this.gateway.admitsAnonymous ? ['Only clients with a user are let in.'] : [];
    const text = [description, ...access].filter((one) => one !== undefined).join('\n');
    return {
      address,
      ...(text !== '' && { description: text }),
      ...(parameters && { parameters }),
      messages: this.messages,
    };
  }

  /** Describes an event that clients send. */
  private receive(event: DescribedEvent): void {
    const { plan } = event;
    const { name, target, guard, rateLimits, deprecated } = plan;
    const args = this.argumentsOf(event);
    const isChecked =
      target.kind === 'handler' ? target.bodies.length > 0 || isChecking(target.action['params']) : true;
    const message = this.add(`toServer.${name}`, {
      ...(name === '*' ? { title: 'Every other event' } : { name }),
      ...(plan.description !== undefined && { summary: firstLine(plan.description) }),
      ...payloadOf(args),
    });
    const description = [plan.description, ...describeAccess(plan)]
      .filter((one) => one !== undefined)
      .join('\n');
    this.parts.operations[`${this.key}.${this.operationNames.next(`toServer.${name}`)}`] = {
      action: 'receive',
      channel: this.reference,
      ...(description !== '' && { description }),
      messages: [message],
      reply: { channel: this.reference, messages: this.replies(plan, isChecked) },
      ...(deprecated !== undefined && { 'x-deprecated': deprecated }),
      ...(guard && { 'x-authorize': authorizationOf(guard) }),
      ...withStreams(streamsOf(target)),
      ...(rateLimits.length > 0 && { 'x-rate-limits': rateLimits.map(rateLimitOf) }),
      ...(target.kind === 'handler' &&
        target.unchecked.length > 0 && { 'x-unchecked': [...target.unchecked] }),
      ...withErrors(errorsOf(plan, isChecked)),
    };
  }

  private argumentsOf({ plan: { name, target }, params, isRemote }: DescribedEvent): Argument[] {
    switch (target.kind) {
      case 'handler':
        return argumentsOfHandler(target, name, this.context('received'));
      case 'proxy':
        return argumentsOfProxy(target);
      case 'action':
        return argumentsOfAction(params, isRemote);
      case 'function':
        return argumentsOfAction(undefined);
    }
  }

  private replies(event: EventPlan, isChecked: boolean): Reference[] {
    const { ack } = this.gateway;
    const { name } = event;
    const { error, invalid } = this.parts.errors;
    return [
      this.add(`toServer.${name}.result`, replyMessage(name, ack, this.resultOf(event))),
      ...(isChecked
        ? [this.shared('error.422', errorMessage(ack, invalid, 'The payload is not valid'))]
        : []),
      this.shared('error', errorMessage(ack, error, 'An error')),
    ];
  }

  private resultOf({ name, target }: EventPlan): JsonSchema {
    if (target.kind !== 'handler') return unsaid('What the action returns.');
    if (target.generates) return unsaid('A stream: see `x-streams`.');
    if (target.returns) return schemaOf(target.returns, this.context('sent'), `${name}.result`);
    return unsaid(
      target.answersItself
        ? 'The handler answers by itself; `returns` would say how.'
        : 'Not described: `returns` would say what it is.',
    );
  }

  private sent(event: string, types: readonly PayloadType[]): ContractMessage {
    const args = types.map((type, at) => ({
      schema: schemaOf(type, this.context('sent'), `${event}.${at}`),
      isOptional: false,
    }));
    return payloadOf(args);
  }

  /** Describes an event of Moleculer that is forwarded. */
  private forward({ event, as, payload, namespaces }: ForwardPlan): void {
    const isElsewhere =
      Array.isArray(namespaces) && !namespaces.some((name) => servesName(this.path, name as string));
    if (isElsewhere) return;
    const name = as ?? event;
    const isKnown = typeof name === 'string' && (as !== undefined || !/[*?]/.test(name));
    const key = isKnown ? name : event;
    if (isKnown && this.gateway.sends.has(name)) return;
    const note =
      typeof name === 'string'
        ? `Events whose names match \`${name}\`.`
        : 'Its name is chosen when it is sent.';
    const schema = payload
      ? schemaOf(payload, this.context('sent'), `${key}.0`)
      : unsaid('Not described: `payload` of @ForwardEvent would say what it is.');
    this.send(key, isKnown ? name : undefined, { payload: schema }, isKnown ? undefined : note);
  }

  /** Describes an event that clients receive. */
  private send(
    key: string,
    name: string | undefined,
    content: ContractMessage,
    description: string | undefined,
  ): void {
    const message = this.add(`toClient.${key}`, {
      ...(name === undefined ? { title: key } : { name }),
      ...content,
    });
    this.parts.operations[`${this.key}.${this.operationNames.next(`toClient.${key}`)}`] = {
      action: 'send',
      channel: this.reference,
      ...(description !== undefined && { description }),
      messages: [message],
    };
  }

  private add(key: string, message: ContractMessage): Reference {
    const unique = this.names.next(key);
    this.messages[unique] = message;
    return this.referenceTo(unique);
  }

  /** Adds a message that several events have. */
  private shared(key: string, message: ContractMessage): Reference {
    if (key in this.messages) return this.referenceTo(key);
    return this.add(key, message);
  }

  private referenceTo(message: string): Reference {
    return { $ref: `${this.reference.$ref}/messages/${message}` };
  }

  private context(direction: SchemaContext['direction']): SchemaContext {
    return { registry: this.parts.registry, validation: this.gateway.validation, direction };
  }
}

// One argument is the payload; several are a list.
function payloadOf(args: readonly Argument[]): ContractMessage {
  const [first, ...others] = args;
  if (!first) return { payload: { type: 'array', maxItems: 0 }, 'x-arguments': 'list' };
  if (others.length === 0) return { payload: first.schema };
  const required = args.map(({ isOptional }) => isOptional).lastIndexOf(false) + 1;
  return {
    payload: {
      type: 'array',
      items: args.map(({ schema }) => schema),
      minItems: required,
      maxItems: args.length,
    },
    'x-arguments': 'list',
  };
}

function withStreams(streams: ReturnType<typeof streamsOf>): Pick<ContractOperation, 'x-streams'> {
  return streams ? { 'x-streams': streams } : {};
}

function withErrors(errors: ReturnType<typeof errorsOf>): Pick<ContractOperation, 'x-errors'> {
  return errors.length > 0 ? { 'x-errors': errors } : {};
}

function isChecking(params: unknown): boolean {
  return typeof params === 'object' && params !== null && Object.keys(params).length > 0;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
