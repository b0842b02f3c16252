import type { Service } from 'moleculer';
import { Readable } from 'node:stream';
import type { ArgumentSource } from '../metadata/facts';
import type { GatewayShape, SocketContext } from '../types';
import { compileBodies, type DescribedByEvent } from './compile-bodies';
import type { MemberDeclaration } from './inherit-facts';
import { injectedAck } from '../plan/injected-ack';
import type { HandlerPlan } from '../plan/plan';
import type { Problems } from './problems';
import { visibleRooms } from '../plan/gateway-rooms';

/** Reads the value of one parameter. Without a socket (an action called in a test) there is only the context. */
type Reader = (ctx: SocketContext, service: Service) => unknown;

/** The parameters of a handler, as far as the compiler knows them. */
export type ArgumentsPlan = Pick<HandlerPlan, 'invoke' | 'bodies' | 'unchecked' | 'answersItself'>;

/**
 * Compiles the parameters of a handler into a function that calls it.
 *
 * @param event what the options of the event say about its first argument
 * @param known the parameters of the gateway's dynamic namespaces
 */
export function compileArguments(
  member: MemberDeclaration,
  event: DescribedByEvent,
  known: ReadonlySet<string>,
  problems: Problems,
): ArgumentsPlan {
  const method = member.method as (this: unknown, ...args: unknown[]) => unknown;
  const readers: Reader[] = [];
  for (const fact of member.arguments) {
    if (readers[fact.index])
      problems.add(
        member.name,
        `parameter ${fact.index + 1} has two decorators; one says where its value comes from`,
      );
    readers[fact.index] = readerOf(fact.source);
    checkSource(fact.source, member.name, known, problems);
  }
  if (readers.length > 0) {
    for (let i = 0; i < method.length; i++) {
      if (!readers[i])
        problems.add(
          member.name,
          `parameter ${i + 1} has no decorator; say where its value comes from, with @Ctx() for the context`,
        );
    }
  }
  return {
    invoke: compileCall(method, readers),
    ...compileBodies(member, event, problems),
    answersItself: member.arguments.some((fact) => fact.source.from === 'ack'),
  };
}

function compileCall(
  method: (this: unknown, ...args: unknown[]) => unknown,
  readers: readonly Reader[],
): HandlerPlan['invoke'] {
  const [first, second, third] = readers;
  switch (readers.length) {
    case 0:
      return (service, ctx) => method.call(service, ctx);
    case 1:
      if (first) return (service, ctx) => method.call(service, first(ctx, service));
      break;
    case 2:
      if (first && second)
        return (service, ctx) => method.call(service, first(ctx, service), second(ctx, service));
      break;
    case 3:
      if (first && second && third) {
        return (service, ctx) =>
          method.call(service, first(ctx, service), second(ctx, service), third(ctx, service));
      }
      break;
  }
  return (service, ctx) =>
    method.apply(
      service,
      Array.from(readers, (reader) => (reader as Reader | undefined)?.(ctx, service)),
    );
}

function readerOf(source: ArgumentSource): Reader {
  switch (source.from) {
    case 'body':
      return source.index === 0 ? readFirst : (ctx) => withSocket(ctx)?.args[source.index];
    case 'meta': {
      const { key } = source;
      return key === undefined ? (ctx) => ctx.meta : (ctx) => (ctx.meta as Record<string, unknown>)[key];
    }
    case 'nspParam':
      return (ctx) => withSocket(ctx)?.nspParams[source.name];
    case 'query':
      return (ctx) => withSocket(ctx)?.socket.handshake.query[source.name];
    case 'socket':
      return (ctx) => ctx.socket;
    case 'context':
      return (ctx) => ctx;
    case 'stream':
      return readStream;
    case 'user':
      return (ctx) => ctx.meta.user;
    case 'ack':
      return (ctx) => injectedAck(ctx) ?? answerNobody;
    case 'socketId':
      return (ctx) => withSocket(ctx)?.socket.id;
    case 'rooms':
      return (ctx) => visibleRooms(withSocket(ctx)?.socket.rooms ?? []);
    case 'nspParams':
      return (ctx) => ctx.nspParams;
    case 'request':
      return (ctx) => withSocket(ctx)?.socket.request;
    case 'io':
      return (_ctx, service) => (service as Partial<GatewayShape>).io;
  }
}

function answerNobody(): void {
  // The client asked for no answer, or there is none.
}

/** Returns `ctx.params`, which hooks may have replaced; undefined if the client sent no argument. */
function readFirst(ctx: SocketContext): unknown {
  return withSocket(ctx)?.args.length === 0 ? undefined : ctx.params;
}

/**
 * Returns the stream of the socket, or, without a socket, the stream that the action was called with: beside the params, or,
 * with Moleculer 0.14, in their place.
 */
function readStream(ctx: Partial<SocketContext>): unknown {
  if (ctx.stream || ctx.socket) return ctx.stream ?? undefined;
  return ctx.params instanceof Readable ? ctx.params : undefined;
}

function withSocket(ctx: Partial<SocketContext>): SocketContext | undefined {
  return ctx.socket ? (ctx as SocketContext) : undefined;
}

function checkSource(
  source: ArgumentSource,
  member: string,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  if (source.from === 'nspParam' && !known.has(source.name)) {
    const names = known.size > 0 ? `they have ${[...known].join(', ')}` : "write one as '/tenants/:tenantId'";
    problems.add(
      member,
      `@NspParam('${source.name}') can never have a value: no path of the gateway has that parameter; ${names}`,
    );
  }
  if (source.from === 'query' && typeof source.name !== 'string') {
    problems.add(member, "@SocketQueryParam() needs the name of a parameter: @SocketQueryParam('token')");
  }
}
