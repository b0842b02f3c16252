import { createAdapter } from '@socket.io/redis-adapter';
import { IsString } from 'class-validator';
import type { ServiceBroker } from 'moleculer';
import { createClient } from 'redis';
import type { Socket } from 'socket.io';

/*
 * What the documentation's fragments of code refer to without saying where it comes from.
 */

export { createAdapter, createClient };
export { ServiceBroker } from 'moleculer';
export type { Socket } from 'socket.io';

/** A user. */
export interface Account {
  id: string;
  tenantId: string;
}

export class Article {
  @IsString() title!: string;
}

export class Credentials {
  @IsString() name!: string;
  @IsString() password!: string;
}

export declare const url: string;
export declare const room: string;
export declare const broker: ServiceBroker;
export declare const socket: Socket;
