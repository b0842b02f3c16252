import { BadRequestError } from '../../errors';
import { printable } from '../../plan/printable';
import type { AckFunction } from '../../types';
import { answerError } from '../answer/answer';
import type { Packet, ReceivesStreams, SocketSession, SocketStreams, StreamExchange } from '../model';
import { ackOf } from '../socket-io/gateway-socket';
import { sendPacket } from '../socket-io/send-packet';
import { Exchange } from './exchange';
import { CANCEL, CHUNK, END, isStreamId } from './wire';

/** Receives the packets of streams. Whatever a client sends, it ends a stream at most. */
export const RECEIVES_STREAMS: ReceivesStreams = {
  receive(session, packet) {
    const [name, id] = packet;
    const exchange = typeof id === 'string' ? session.streams?.exchanges.get(id) : undefined;
    if (name === CHUNK) {
      receiveChunk(session, packet, exchange);
      return;
    }
    if (name === END) exchange?.receiveEnd(failureOf(packet));
    else if (name === CANCEL) exchange?.cancel();
    else {
      refuse(session, packet, new BadRequestError('STREAM_NOT_VALID', { event: printable(String(name)) }));
      return;
    }
    ackOf(packet)?.();
  },

  register(session, packet) {
    const at = packet.length - 2;
    const ack = packet[at + 1] as AckFunction;
    try {
      const exchange = register(session, packet[at] as Offer);
      packet[at] = exchange;
      packet[at + 1] = exchange.endingAck(ack);
      return true;
    } catch (error) {
      const { code } = answerError(session.gateway, session.socket, undefined, ack, error);
      session.gateway.metrics?.refusedPacket(session.path, code);
      return false;
    }
  },
};

interface Offer {
  readonly $stream?: unknown;
  readonly upload?: unknown;
}

/** Ends the streams of a client that has gone. */
export function abandonStreams(session: SocketSession): void {
  const { streams } = session;
  if (!streams) return;
  session.streams = undefined;
  for (const exchange of [...streams.exchanges.values()]) exchange.abandon();
}

/** @throws BadRequestError 400, RateLimitExceeded 429 */
function register(session: SocketSession, { $stream, upload = false }: Offer): Exchange {
  if (!isStreamId($stream) || typeof upload !== 'boolean')
    throw new BadRequestError('STREAM_NOT_VALID', {
      allowed:
        '{ $stream: id } or { $stream: id, upload: true }; the id has 1 to 64 letters, digits, _ and -',
    });
  const streams: SocketStreams = (session.streams ??= { exchanges: new Map(), open: 0 });
  if (streams.exchanges.has($stream)) throw new BadRequestError('STREAM_ID_TAKEN', { id: $stream });
  const exchange = new Exchange(session, streams, $stream, upload);
  streams.exchanges.set($stream, exchange);
  return exchange;
}

function receiveChunk(session: SocketSession, packet: Packet, exchange: StreamExchange | undefined): void {
  const { seq, data, ack } = chunkOf(packet);
  if (exchange) exchange.receiveChunk(seq, data, session.packetBytes, ack);
  else refuse(session, packet, new BadRequestError('STREAM_UNKNOWN'));
}

// The ack is the last element, however many there are.
function chunkOf(packet: Packet): { seq: unknown; data: unknown; ack: AckFunction | undefined } {
  const ack = ackOf(packet);
  const count = ack ? packet.length - 1 : packet.length;
  return { seq: count > 2 ? packet[2] : undefined, data: count > 3 ? packet[3] : undefined, ack };
}

/** Tells the client that there is no such stream. */
function refuse(session: SocketSession, packet: Packet, cause: Error): void {
  const { gateway, socket } = session;
  const error = answerError(gateway, socket, undefined, ackOf(packet), cause);
  const id = packet[1];
  if (isStreamId(id) && packet[0] === CHUNK) sendPacket(socket, [END, id, error]);
}

/** Returns the error of an upload whose source has failed at the client; undefined if the client has sent everything. */
function failureOf(packet: Packet): Error | undefined {
  const error = packet[2];
  if (error === undefined || error === null || typeof error === 'function') return undefined;
  const { message } = Object(error) as { message?: unknown };
  return new BadRequestError('STREAM_ABORTED', {
    ...(typeof message === 'string' && { reason: printable(message) }),
  });
}
