import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects the stream that the client sends with the event, a `Readable`: of bytes, or of objects if the client sends objects. A client
 * that sends none is answered with 400. Guards and validation have passed before the first byte flows. If the client goes, or exceeds
 * a limit of the option `stream`, the stream is destroyed with an error.
 *
 * @example
 * @SocketEvent('upload', { stream: { maxBytes: 50 * 1024 * 1024 } })
 * async save(@MessageBody() file: NewFile, @MessageStream() stream: Readable) {
 *   await pipeline(stream, createWriteStream(pathOf(file)));
 * }
 */
export function MessageStream(...applied: []): HandlerParameterDecorator {
  return argument('@MessageStream()', { from: 'stream' }, applied);
}
