import 'reflect-metadata';
import { IsString } from 'class-validator';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { contractOf, type ContractDocument } from 'moleculer-socket-gateway/contract';
import { typed, type GatewayTypes, type TypedClient } from 'moleculer-socket-gateway/client';
import { io } from 'socket.io-client';

export class Note {
  @IsString()
  text!: string;
}

/** Keeps notes. */
@SocketNamespace('/notes')
export class NotesGateway extends SocketGateway {
  /** Keeps a note. */
  @SocketEvent('keep')
  keep(@MessageBody() note: Note): { kept: string; at: Date } {
    return { kept: note.text, at: new Date() };
  }
}

export const contract = (): ContractDocument => contractOf([NotesGateway]);

export function client<Types extends GatewayTypes>(url: string): TypedClient<Types> {
  return typed<Types>(io(url));
}
