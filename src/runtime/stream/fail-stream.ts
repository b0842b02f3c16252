import type { WireError } from '../../types';
import type { SocketSession } from '../model';
import { sendPacket } from '../socket-io/send-packet';
import { END } from './wire';

/** Tells a client with what a stream has failed. An error that cannot be serialized is sent without its data. */
export function failStream({ gateway, socket }: SocketSession, id: string, error: WireError): void {
  if (!socket.connected) return;
  try {
    sendPacket(socket, [END, id, error]);
  } catch (failure) {
    gateway.report(`the error of the stream ${id} could not be serialized`, failure);
    const { data: _data, ...rest } = error;
    sendPacket(socket, [END, id, rest]);
  }
}
